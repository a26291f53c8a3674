import assert from "node:assert/strict";
import { describe, test } from "node:test";
import JSON5 from "json5";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { parseExposition } from "../support/exposition.ts";
import { expectedAt } from "./harness/expected.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import { runTallyman } from "./harness/tallyman.ts";

const NO_ENGINE = { TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock" };
const SECRETS = {
  TALLYMAN_OTLP_BEARER_TOKEN: "token-hush",
  TALLYMAN_OTLP_HEADERS: "X-Api-Key=header-hush",
};

describe("tallyman once", { concurrency: 3 }, () => {
  test("prints one sweep as Prometheus text, and nothing else on standard output", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web", labels: { note: 'say "hi"\n\\o/ ümläut' }, startedAgoMs: 60_000 });
    stage.engine.containers.pause("web");
    const { code, stdout } = await runTallyman({ ...stage.env, TALLYMAN_LOG_LEVEL: "debug" }, "once");
    assert.equal(code, 0);
    const samples = parseExposition(stdout);
    const keys = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    assert.equal(new Set(keys).size, keys.length, "each series is there once");
    const expected = expectedAt({ engine: stage.engine, name: "web", nowMs: Date.now() });
    for (const metric of ["container_memory_usage_bytes", "container_cpu_system_seconds_total", "container_threads"]) {
      const [sample, ...others] = samples.filter(({ name }) => name === metric);
      assert.equal(sample?.value, expected[metric], metric);
      assert.equal(sample?.labels.container_label_note, 'say "hi"\n\\o/ ümläut');
      assert.deepEqual(others, []);
    }
    assert.equal(stage.receiver.attempts, 0, "nothing is pushed");
  });

  test("waits for the groups that a running agent reads beside its sweeps", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web", startedAgoMs: 60_000 });
    const optIn = { TALLYMAN_METRICS_GROUPS_PROCESSES: "true", TALLYMAN_METRICS_GROUPS_SIZE: "true" };
    const { stdout } = await runTallyman({ ...stage.env, ...optIn }, "once");
    const names = parseExposition(stdout).map(({ name }) => name);
    assert.ok(names.includes("container_processes") && names.includes("container_fs_usage_bytes"));
  });

  test("says why on standard error, prints nothing and exits with 1 where no engine answers", async () => {
    const { code, stdout, stderr } = await runTallyman(NO_ENGINE, "once");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /unix:\/\/\/nowhere\/docker\.sock.*Nothing is there: is the engine running/);
  });

  test("exits with 1 where the engine forbids its list, which the page says too", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.faults.add({ path: "/containers/json", fault: PROXY_REFUSAL });
    const { code, stdout, stderr } = await runTallyman(stage.env, "once");
    assert.equal(code, 1);
    assert.equal(parseExposition(stdout).find(({ name }) => name === "container_scrape_error")?.value, 1);
    assert.match(stderr, /forbidden \(403\).*CONTAINERS=1/);
  });
});

describe("tallyman check", { concurrency: 3 }, () => {
  test("tells what it found, where each setting came from and that all is well, and exits with 0", async (t) => {
    const stage = await startStage({ engine: { hostName: "rack-7" } }, t);
    for (const name of ["a", "b", "c"]) stage.engine.containers.run({ name });
    const { code, stdout } = await runTallyman({ ...stage.env, ...SECRETS }, "check");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ok +unix:.*: Docker Engine 28\.5\.2, API 1\.51, cgroup v2, systemd driver, .*host rack-7/);
    assert.match(stdout, /ok +3 running containers read in \d+ ms/);
    assert.match(stdout, /ok +http:\/\/127\.0\.0\.1:\d+\/v1\/metrics: accepted an OTLP request \(http\/protobuf\)/);
    assert.match(stdout, /interval: "300ms", \/\/ .*TALLYMAN_OTLP_INTERVAL/);
    assert.match(stdout, /All is well\.$/);
    assert.doesNotMatch(stdout, /hush/);
    assert.equal(stage.receiver.requests[0]?.headers.authorization, "Bearer token-hush");
    assert.equal(stage.receiver.requests[0]?.headers["x-api-key"], "header-hush");
  });

  test("exits with 1 and names the remedy where no engine answers, and tries the receiver all the same", async (t) => {
    const stage = await startStage({}, t);
    const { code, stdout } = await runTallyman({ ...stage.env, ...NO_ENGINE }, "check");
    assert.equal(code, 1);
    assert.match(stdout, /FAIL .*nowhere.*Nothing is there: is the engine running/);
    assert.match(stdout, /ok +http:.*accepted an OTLP request/);
    assert.match(stdout, /1 problem\.$/);
  });

  const REFUSALS: Record<string, { prepare(stage: Stage): Record<string, string>; said: RegExp }> = {
    "knows nothing of the path": {
      prepare: ({ receiver }) => ({ TALLYMAN_OTLP_ENDPOINT: `${receiver.httpEndpoint}/elsewhere` }),
      said: /FAIL .*HTTP 404.*\n +\S.*path/,
    },
    "does not know who is asking": {
      prepare({ receiver }) {
        receiver.faults.add({ kind: "status", status: 401 });
        return {};
      },
      said: /FAIL .*HTTP 401.*\n +\S.*credentials/,
    },
  };
  for (const [does, { prepare, said }] of Object.entries(REFUSALS)) {
    test(`exits with 1 and names the remedy where the receiver ${does}`, async (t) => {
      const stage = await startStage({}, t);
      const { code, stdout } = await runTallyman({ ...stage.env, ...SECRETS, ...prepare(stage) }, "check");
      assert.equal(code, 1);
      assert.match(stdout, said);
      assert.match(stdout, /1 problem\.$/);
      assert.doesNotMatch(stdout, /hush/);
    });
  }

  test("tells of both at once where neither engine nor receiver is there", async (t) => {
    const stage = await startStage({}, t);
    await stage.receiver.down();
    const { code, stdout } = await runTallyman({ ...stage.env, ...NO_ENGINE }, "check");
    assert.equal(code, 1);
    assert.match(stdout, /FAIL .*nowhere[\s\S]*FAIL .*ECONNREFUSED.*\n +\S/);
    assert.match(stdout, /2 problems\.$/);
  });
});

describe("tallyman config", { concurrency: 3 }, () => {
  test("prints the settings in force as JSON5 that can be read again, secrets hidden", async () => {
    const { code, stdout, stderr } = await runTallyman(
      { ...SECRETS, TALLYMAN_ENGINE_ADDRESS: "tcp://user:pass-hush@10.0.0.1:2375", TALLYMAN_OTLP_INTERVAL: "15s" },
      "config",
    );
    assert.equal(code, 0, stderr);
    const settings = JSON5.parse<{ otlp: Record<string, unknown> }>(stdout);
    assert.equal(settings.otlp.interval, "15s");
    assert.equal(settings.otlp.bearerToken, "***");
    assert.deepEqual(settings.otlp.headers, { "X-Api-Key": "***" });
    assert.doesNotMatch(stdout + stderr, /hush/);
  });

  test("tells of every wrong setting at once, prints nothing and exits with 2", async () => {
    const { code, stdout, stderr } = await runTallyman(
      {
        TALLYMAN_OTLP_INTERVALL: "15s",
        TALLYMAN_OTLP_PROTOCOL: "http",
        TALLYMAN_ENGINE_CONCURRENCY: "many",
        TALLYMAN_METRICS_DISABLE: "container_cpu_usage_second_total",
      },
      "config",
    );
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /TALLYMAN_OTLP_INTERVALL.*TALLYMAN_OTLP_INTERVAL\b/);
    assert.match(stderr, /TALLYMAN_OTLP_PROTOCOL.*"http".*http\/protobuf/);
    assert.match(stderr, /TALLYMAN_ENGINE_CONCURRENCY.*many/);
    assert.match(stderr, /container_cpu_usage_second_total.*container_cpu_usage_seconds_total/);
    assert.equal(stderr.split("\n").length, 4);
  });
});

describe("tallyman", { concurrency: 3 }, () => {
  for (const command of [[], ["demo"]]) {
    test(`${["tallyman", ...command].join(" ")} does not start with a wrong setting`, async () => {
      const { code, stdout, stderr } = await runTallyman({ TALLYMAN_OTLP_INTERVAL: "soon" }, ...command);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /TALLYMAN_OTLP_INTERVAL.*"soon"/);
    });
  }

  test("does not know other commands, and says which there are", async () => {
    const { code, stdout, stderr } = await runTallyman({}, "chek");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /chek.*check/);
  });
});
