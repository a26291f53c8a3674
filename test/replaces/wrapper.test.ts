import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { runTallyman } from "../agent/harness/tallyman.ts";
import { emptyFolder } from "../logs/kept/kept-folder.ts";
import { eventually } from "../support/eventually.ts";
import { pages, SLOWLY, samplesOf, startEngine, startInPlace } from "./tool.ts";

/** Where its programs are is a setting; the wrapper had them in a folder too, and let clients pass what they like. */
const PROGRAMS = {
  TALLYMAN_PROGRAMS_FOLDER: resolve(import.meta.dirname, "../../examples/programs"),
  TALLYMAN_PROGRAMS_CLIENT_ARGUMENTS: "*",
};

describe("in place of the metrics wrapper, with its variables and its programs", { concurrency: 2 }, () => {
  test("a program's metrics are at its address, made with the query's arguments", async (t) => {
    const engine = await startEngine(t);
    const get = await pages(startInPlace({ ...PROGRAMS, DOCKER_HOST: engine.address, PORT: "0", WORKERS: "2" }, t));
    const samples = samplesOf(await get("/metrics/dummy?--target=core%20sw01&--verbose"));
    assert.deepEqual(
      samples.get("dummy_up")?.map(({ labels, value }) => [labels, value]),
      [[{ target: "core sw01" }, 1]],
    );
    const run = JSON.parse((await get("/metrics/dummy?debug&--verbose")).body);
    assert.deepEqual([run.returncode, run.stderr], [0, ""]);
    assert.match(run.stdout, /^writing the metrics of nobody to /);
    assert.match(run.metrics, /^dummy_up\{target="nobody"\} 1$/m);
    assert.ok(run.stdout.includes(run["metrics-filename"]));
    assert.equal((await get("/metrics/none")).status, 404);
  });

  test("its own metrics are on /metrics, beside the containers'", async (t) => {
    const engine = await startEngine(t);
    engine.containers.run({ name: "web" });
    const get = await pages(startInPlace({ ...PROGRAMS, DOCKER_HOST: engine.address, PORT: "0" }, t));
    await get("/metrics/dummy");
    await get("/metrics/none");
    const samples = await eventually(async () => {
      const found = samplesOf(await get("/metrics"));
      const statuses = found.get("server_requests_total")?.map(({ labels }) => labels.status) ?? [];
      return found.has("server_exporter_requests_total") && statuses.includes("404") && found;
    }, SLOWLY);
    const [counted] = samples.get("server_exporter_requests_total") ?? [];
    assert.deepEqual([counted?.labels, counted?.value], [{ exporter: "dummy", status: "200" }, 1]);
    assert.ok((samples.get("server_exporter_seconds_total")?.[0]?.value ?? 0) > 0);
    assert.ok(samples.has("server_uptime_seconds_total"));
    assert.equal(samples.get("container_last_seen")?.[0]?.labels.name, "web");
  });

  test("WORKERS is how many run at once", async (t) => {
    const engine = await startEngine(t);
    const folder = emptyFolder(t);
    const journal = join(folder, "journal");
    const program = join(folder, "slow");
    writeFileSync(program, `#!/bin/sh\necho begin >>'${journal}'\nsleep 0.2\necho end >>'${journal}'\n`);
    chmodSync(program, 0o755);
    const env = { DOCKER_HOST: engine.address, PORT: "0", WORKERS: "1", TALLYMAN_PROGRAMS_FOLDER: folder };
    const get = await pages(startInPlace(env, t));
    const answers = await Promise.all([1, 2, 3].map(() => get("/metrics/slow")));
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      [1, 2, 3].map(() => [200, ""]),
    );
    assert.deepEqual(readFileSync(journal, "utf8").trim().split("\n"), [
      "begin",
      "end",
      "begin",
      "end",
      "begin",
      "end",
    ]);
  });

  for (const words of [
    ["exporter", "dummy", "--target=core-sw01"],
    ["--exporter", "dummy", "--target=core-sw01"],
  ]) {
    test(`the command line prints a program's metrics: tallyman ${words.join(" ")}`, async () => {
      const { code, stdout } = await runTallyman(PROGRAMS, ...words);
      assert.equal(code, 0);
      assert.match(stdout, /^dummy_up\{target="core-sw01"\} 1$/m);
    });
  }
});
