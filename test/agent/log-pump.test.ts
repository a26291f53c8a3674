import assert from "node:assert/strict";
import { readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { emptyFolder } from "../logs/kept/kept-folder.ts";
import { eventually } from "../support/eventually.ts";
import { live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import { runTallyman } from "./harness/tallyman.ts";

type Test = { after(work: () => unknown): void };

async function startLogStage(t: Test) {
  const stage = await startStage({}, t);
  const dir = join(emptyFolder(t), "logs");
  const env = { LOGS_DIR: dir, TALLYMAN_LOG_LEVEL: "debug" };
  const shown = async (name: string, ...more: string[]) =>
    (await runTallyman({ LOGS_DIR: dir }, "logs", "show", name, ...more)).stdout
      .split("\n")
      .filter((line) => line !== "");
  return { ...stage, dir, env, start: (more = {}) => stage.start({ ...env, ...more }), shown };
}

function print({ engine }: Pick<Stage, "engine">, name: string, from: number, to: number, stream?: "stderr") {
  for (let line = from; line <= to; line++) {
    engine.containers.print(name, { bytes: `line ${line}\n`, ...(stream && { stream }) });
  }
}

function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
}

describe("an agent with a log folder", { concurrency: 4 }, () => {
  test("keeps what containers printed before it came, and what they print from then on", async (t) => {
    const stage = await startLogStage(t);
    stage.engine.containers.run({ name: "web" });
    print(stage, "web", 1, 3);
    stage.engine.containers.stop(stage.engine.containers.run({ name: "job" }));
    const agent = stage.start();
    await agent.logged("Logs of containers are kept");
    await eventually(async () => (await stage.shown("web")).length === 3);
    print(stage, "web", 4, 6, "stderr");
    stage.engine.containers.run({ name: "late" });
    print(stage, "late", 1, 2);
    await eventually(async () => (await stage.shown("late")).length === 2);
    await eventually(async () => (await stage.shown("web")).length === 6);
    assert.deepEqual(await stage.shown("web"), lines(1, 6));
    assert.deepEqual(await stage.shown("web", "--stream", "stderr"), lines(4, 6));
    assert.equal(statSync(stage.dir).mode & 0o777, 0o750);
    assert.equal((await agent.end("SIGTERM", 5_000)).code, 0, agent.stderr.join("\n"));
  });

  test("goes on where it was killed, each line once, also of what ran and stopped meanwhile", async (t) => {
    const stage = await startLogStage(t);
    for (const name of ["web", "other"]) stage.engine.containers.run({ name });
    print(stage, "web", 1, 50);
    const first = stage.start();
    await eventually(async () => (await stage.shown("web")).length === 50);
    await first.end("SIGKILL", 5_000);
    print(stage, "web", 51, 99);
    stage.engine.containers.restart("web");
    print(stage, "web", 100, 120);
    print(stage, "other", 1, 2);
    stage.engine.containers.stop("other");
    stage.start();
    await eventually(async () => (await stage.shown("web")).length >= 120);
    await eventually(async () => (await stage.shown("other")).length >= 2);
    assert.deepEqual(await stage.shown("web"), lines(1, 120));
    assert.deepEqual(await stage.shown("other"), lines(1, 2));
  });

  test("keeps a renamed container's files, which the new name finds too", async (t) => {
    const stage = await startLogStage(t);
    stage.engine.containers.run({ name: "web" });
    print(stage, "web", 1, 2);
    stage.start();
    await eventually(async () => (await stage.shown("web")).length === 2);
    stage.engine.containers.rename("web", "web-old");
    stage.engine.containers.run({ name: "web" });
    print(stage, "web", 7, 7);
    print(stage, "web-old", 3, 3);
    await eventually(async () => (await stage.shown("web-old")).length === 3);
    await eventually(async () => (await stage.shown("web")).join() === "line 7");
    assert.equal(readlinkSync(join(stage.dir, "web-old")), "web");
  });

  test("leaves alone what is not chosen, and says once what can't be read", async (t) => {
    const stage = await startLogStage(t);
    const { containers } = stage.engine;
    containers.run({ name: "web" });
    containers.run({ name: "quiet", labels: { "tallyman.logs": "false" } });
    containers.run({ name: "x-tmp" });
    containers.run({ name: "mute", logDriver: "none" });
    for (const name of ["web", "quiet", "x-tmp"]) print(stage, name, 1, 1);
    const agent = stage.start({ TALLYMAN_LOGS_EXCLUDE_NAMES: "*-tmp" });
    await agent.logged("Log of a container can't be read: its driver keeps nothing for readers");
    await eventually(async () => (await stage.shown("web")).length === 1);
    containers.restart("mute");
    containers.restart("web");
    print(stage, "web", 2, 2);
    await eventually(async () => (await stage.shown("web")).length === 2);
    const { stdout } = await runTallyman({ LOGS_DIR: stage.dir }, "logs", "ls");
    assert.deepEqual(stdout.match(/^(web|quiet|x-tmp)\b/gm), ["web"]);
    const said = agent.log().filter(({ message }) => message.startsWith("Log of a container can't be read"));
    assert.equal(said.length, 1);
  });

  test("keeps a removed container's files, marked as such", async (t) => {
    const stage = await startLogStage(t);
    stage.engine.containers.run({ name: "web" });
    stage.start();
    print(stage, "web", 1, 2);
    await eventually(async () => (await stage.shown("web")).length === 2);
    stage.engine.containers.remove("web");
    await eventually(async () => / removed 2/.test((await runTallyman({ LOGS_DIR: stage.dir }, "logs")).stdout));
    assert.deepEqual(await stage.shown("web"), lines(1, 2));
  });

  test("waits for a folder that another agent has, pushes meanwhile, and takes it when that is gone", async (t) => {
    const stage = await startLogStage(t);
    stage.engine.containers.run({ name: "web" });
    const first = stage.start();
    await first.logged("Logs of containers are kept");
    const second = stage.start();
    const refusal = await second.logged(
      "Logs of containers can't be kept in this folder: they wait in the engine until they can",
    );
    assert.match(String(refusal.error), /in use by another Tallyman \(process \d+/);
    const pushed = stage.receiver.attempts;
    await stage.receiver.waitFor(() => stage.receiver.attempts > pushed + 2);
    await first.end("SIGKILL", 5_000);
    await second.logged("Logs of containers are kept");
    print(stage, "web", 1, 2);
    await eventually(async () => (await stage.shown("web")).length === 2);
  });

  test("counts the lines by level beside the container's other numbers", async (t) => {
    const stage = await startLogStage(t);
    const id = stage.engine.containers.run({ name: "web" });
    stage.start();
    print(stage, "web", 1, 2);
    stage.engine.containers.print("web", { bytes: "ERROR: no\nlevel=error msg=again\n" });
    const errors = () => live(stage.receiver, "container_logs_total", { name: "web", level: "error" });
    await stage.receiver.waitFor(() => errors()[0]?.value === 2, 15_000);
    assert.match(String(errors()[0]?.labels.id), new RegExp(id));
    await stage.receiver.waitFor(() => live(stage.receiver, "tallyman_log_lines_total")[0]?.value === 4, 15_000);
  });

  test("refuses rules of levels that are wrong, with their place", async (t) => {
    const stage = await startLogStage(t);
    const { code, stderr } = await runTallyman({ ...stage.env, LOG_LEVELS_MAPPING_PATH: "/nowhere/levels.json" });
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^tallyman: \/nowhere\/levels\.json: logs\.levels \(LOG_LEVELS_MAPPING_PATH\) can't be read: ENOENT/,
    );
  });
});
