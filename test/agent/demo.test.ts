import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { live } from "./harness/series.ts";
import { startStage } from "./harness/stage.ts";
import { runTallyman, startTallyman } from "./harness/tallyman.ts";

describe("tallyman demo on a pipe", { concurrency: true }, () => {
  for (const protocol of ["http/protobuf", "grpc"]) {
    test(`simulates the engine and the receiver that are not there, shows both and what arrives (${protocol})`, async (t) => {
      const demo = startTallyman(
        {
          TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock",
          TALLYMAN_OTLP_INTERVAL: "300ms",
          TALLYMAN_OTLP_PROTOCOL: protocol,
        },
        "demo",
      );
      t.after(() => demo.end("SIGKILL", 1_000));
      const page = () => demo.stdout.join("\n");
      await eventually(() => /^arrived +[1-9]\d* requests, .* kB; [1-9]\d* series are live$/m.test(page()));
      await eventually(() => page().includes("node-agent"));
      assert.match(page(), /^Tallyman [\d.]+: demo/, "first of all, what this is");
      assert.match(page(), /^engine +simulated, since no real one answers:\n.*nowhere\/docker\.sock/m);
      assert.match(page(), new RegExp(`^pushing +${protocol} to a receiver inside this demo \\(http://127`, "m"));
      assert.match(page(), /TALLYMAN_OTLP_ENDPOINT/);
      const url = /^page +(http:\S+) in a browser/m.exec(page())?.[1] ?? "";
      assert.match(
        await (await fetch(`${url}metrics`)).text(),
        /^container_cpu_usage_seconds_total\{.*name="shop-web-1"/m,
      );
      assert.match(await (await fetch(url, { headers: { accept: "text/html" } })).text(), /page\/app\.js/);
      assert.match(page(), /^CONTAINER +STATE +CPU/m);
      for (const name of ["shop-web-1", "shop-db-1"]) assert.match(page(), new RegExp(`^${name} +running`, "m"));
      assert.match(page(), /^shop-worker-2 +paused/m);
      assert.match(page(), /^shop-backup-1 +exited/m);
      await eventually(() => /^kept +[1-9]\d* lines; [1-9]\d* errors, [1-9]\d* warnings$/m.test(page()));
      const folder = /^logs +of all containers are kept in (\S+) while this runs;$/m.exec(page())?.[1] ?? "";
      assert.match((await runTallyman({ LOGS_DIR: folder }, "logs")).stdout, /^shop-web-1 .* [\d.]+ KiB/m);
      assert.ok(!page().includes("\u001b"), "no colours or cursor movements where nobody looks at a terminal");
      assert.equal((await demo.end("SIGINT", 5_000)).code, 0, demo.stderr.join("\n"));
      assert.equal(existsSync(folder), false, "its folder goes with it");
    });
  }

  test("leaves no folder behind when its reader has had enough", async () => {
    const env = { PATH: process.env.PATH, TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock" };
    const demo = spawn(process.execPath, [resolve("src/main.ts"), "demo"], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(demo, "exit", { signal: AbortSignal.timeout(30_000) });
    let page = "";
    for await (const chunk of demo.stdout) {
      page += chunk;
      if (/^kept /m.test(page)) break;
    }
    demo.stdout.destroy();
    await ended;
    const folder = /kept in (\S+) while/.exec(page)?.[1] ?? "";
    assert.deepEqual([folder === "", existsSync(folder)], [false, false]);
  });

  test("takes the engine and the receiver that are there", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "my-own" });
    const demo = startTallyman(stage.env, "demo");
    t.after(() => demo.end("SIGKILL", 1_000));
    await stage.receiver.waitFor(() => live(stage.receiver, "container_state", { name: "my-own" }).length === 1);
    await eventually(() => demo.stdout.some((line) => line.startsWith("my-own")));
    assert.match(demo.stdout.join("\n"), /^engine +Docker Engine 28\.5\.2, .*, at unix:/m);
    assert.match(demo.stdout.join("\n"), /^pushing +http\/protobuf to http:.*, every 0\.3 s$/m);
    assert.match(demo.stdout.join("\n"), /^accepted +[1-9]\d* pushes, [1-9]\d* points; \d+ pushes failed$/m);
    assert.equal((await demo.end("SIGTERM", 5_000)).code, 0, demo.stderr.join("\n"));
    assert.equal(live(stage.receiver).length, 0, "what it showed is ended");
  });
});
