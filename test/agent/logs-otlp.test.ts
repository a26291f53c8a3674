import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { emptyFolder } from "../logs/kept/kept-folder.ts";
import { eventually } from "../support/eventually.ts";
import { startStage } from "./harness/stage.ts";

type Test = { after(work: () => unknown): void };

async function startLogStage(t: Test, protocols: readonly ("http" | "grpc")[] = ["http"]) {
  const stage = await startStage({ receiver: { protocols, keptRequests: 20_000 } }, t);
  const dir = join(emptyFolder(t), "logs");
  const env = {
    LOGS_DIR: dir,
    TALLYMAN_LOGS_OTLP_ENABLED: "true",
    TALLYMAN_LOGS_OTLP_GATHER_TIME: "20ms",
    TALLYMAN_LOG_LEVEL: "debug",
  };
  const logs = () => stage.receiver.requests.flatMap((request) => request.logs);
  return {
    ...stage,
    dir,
    logs,
    texts: () => logs().map(({ body }) => String(body)),
    start: (more: Readonly<Record<string, string>> = {}) => stage.start({ ...env, ...more }),
    print(name: string, from: number, to: number) {
      for (let line = from; line <= to; line++) stage.engine.containers.print(name, { bytes: `line ${line}\n` });
    },
  };
}

function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
}

describe("an agent that sends logs", { concurrency: 3 }, () => {
  for (const protocol of ["http/protobuf", "http/json", "grpc"] as const) {
    test(`${protocol}: sends every line with its container, beside the metrics`, async (t) => {
      const stage = await startLogStage(t, [protocol === "grpc" ? "grpc" : "http"]);
      stage.engine.containers.run({ name: "web", labels: { "com.example.team": "shop" } });
      stage.print("web", 1, 50);
      const agent = stage.start({
        TALLYMAN_OTLP_PROTOCOL: protocol,
        TALLYMAN_LOGS_OTLP_LABELS: "com.example.*",
      });
      await eventually(() => stage.texts().length >= 50);
      stage.print("web", 51, 60);
      await eventually(() => stage.texts().length >= 60);
      assert.deepEqual(stage.texts(), lines(1, 60));
      const { resource } = stage.logs().at(-1) ?? {};
      assert.equal(resource?.["container.name"], "web");
      assert.equal(resource?.["container.label.com.example.team"], "shop");
      assert.equal(resource?.["container.runtime"], "docker");
      assert.ok(resource?.["host.name"]);
      assert.equal(resource?.["service.name"], undefined);
      assert.equal((await agent.end("SIGTERM", 8_000)).code, 0, agent.stderr.join("\n"));
    });
  }

  test("sends the last lines before it ends", async (t) => {
    const stage = await startLogStage(t);
    const id = stage.engine.containers.run({ name: "web" });
    stage.print("web", 1, 5);
    const agent = stage.start({ TALLYMAN_LOGS_OTLP_GATHER_TIME: "60s" });
    const file = join(stage.dir, "web", `web-${id.slice(0, 12)}.log`);
    await eventually(() => readFileSync(file, "utf8").includes("line 5\n"));
    assert.deepEqual(stage.texts(), []);
    assert.equal((await agent.end("SIGTERM", 8_000)).code, 0, agent.stderr.join("\n"));
    assert.deepEqual(stage.texts(), lines(1, 5));
  });

  test("loses no line to kills and a receiver that comes and goes, though some arrive twice", async (t) => {
    const stage = await startLogStage(t);
    stage.engine.containers.run({ name: "web" });
    const settings = { TALLYMAN_LOGS_MAX_FILE_SIZE: "4KiB", TALLYMAN_LOGS_MAX_FILES: "1000" };
    let printed = 0;
    for (let round = 0; round < 6; round++) {
      const agent = stage.start({ ...settings, TALLYMAN_LOGS_COMPRESS: String(round % 2 === 0) });
      stage.print("web", printed + 1, printed + 200);
      printed += 200;
      const before = stage.texts().length;
      // Killed at the moment of an acceptance, before it can be written down.
      if (round % 3 !== 2) await stage.receiver.waitFor(() => stage.texts().length > before);
      else {
        await stage.receiver.down();
        await agent.logged("Exports fail, the next ones make good what is missed");
      }
      await agent.end("SIGKILL", 5_000);
      await stage.receiver.up();
    }
    stage.start(settings);
    await eventually(() => new Set(stage.texts()).size === printed, { withinMs: 20_000 });
    assert.deepEqual([...new Set(stage.texts())], lines(1, printed));
  });

  test("sends again, rather than lose, when what it knew of its progress is gone", async (t) => {
    const stage = await startLogStage(t);
    const id = stage.engine.containers.run({ name: "web" });
    stage.print("web", 1, 5);
    const first = stage.start();
    await eventually(() => stage.texts().length >= 5);
    await first.end("SIGTERM", 8_000);
    rmSync(join(stage.dir, "web", `web-${id.slice(0, 12)}.shipped`));
    stage.start();
    await eventually(() => stage.texts().length >= 10);
    assert.deepEqual(stage.texts(), [...lines(1, 5), ...lines(1, 5)]);
  });

  test("an expression that could take for ever is refused at the start, with its setting", async (t) => {
    const stage = await startLogStage(t);
    const agent = stage.start({ TALLYMAN_LOGS_OTLP_JOIN: "start", TALLYMAN_LOGS_OTLP_JOIN_START: "(a+)+$" });
    assert.equal((await agent.exit(10_000)).code, 2);
    assert.match(agent.stderr.join("\n"), /logs\.otlp\.joinStart \(TALLYMAN_LOGS_OTLP_JOIN_START\): /);
  });
});
