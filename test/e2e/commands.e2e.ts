import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { differences } from "./expected/differences.ts";
import { expectedSeries, readAll } from "./expected/reading.ts";
import { seriesKey } from "./expected/series-key.ts";
import { runAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { RESTLESS, startPopulation } from "./harness/population.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const { engine, prometheus } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  return { engine, prometheus: own(await startPrometheus()) };
});
const nowhere = "unix:///nowhere/docker.sock";
const OPT_IN = ["container_processes", "container_fs_usage_bytes"];

test("`once` prints the engine's numbers as Prometheus text, and nothing else on standard output", async () => {
  await eventuallyPasses(
    async () => {
      const before = withoutOptIn(expectedSeries(await readAll(engine.client), {}));
      const { code, stdout, stderr } = await runAgent(["once"], { TALLYMAN_ENGINE_ADDRESS: engine.address });
      const after = expectedSeries(await readAll(engine.client), {});
      assert.equal(code, 0, stderr);
      const containers = parseExposition(stdout).filter(({ labels }) => labels.name !== undefined);
      const seen = new Map(containers.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
      assert.deepEqual(differences({ before, seen, after, restless: RESTLESS }), []);
    },
    { withinMs: 40_000 },
  );
});

test("`once` without an engine prints nothing on standard output, says why and what to do, and ends with 1", async () => {
  const { code, stdout, stderr } = await runAgent(["once"], { TALLYMAN_ENGINE_ADDRESS: nowhere });
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /\/nowhere\/docker\.sock/);
});

test("`check` with engine and backend in order ends with 0 and names both", async () => {
  const { code, stdout, stderr } = await runAgent(["check"], {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
  });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /20\.10\.24|\d+\.\d+\.\d+/);
  assert.match(stdout, /cgroup/);
  assert.ok(stdout.includes(prometheus.otlpEndpoint));
  // A sample of now, `target_info` too, would have Prometheus refuse what a running agent read a moment before.
  assert.deepEqual(await prometheus.query('{__name__!=""}'), []);
});

test("`check` without an engine ends with 1", async () => {
  const { code, stdout, stderr } = await runAgent(["check"], {
    TALLYMAN_ENGINE_ADDRESS: nowhere,
    TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
  });
  assert.equal(code, 1);
  assert.match(stdout + stderr, /\/nowhere\/docker\.sock/);
});

test("`check` with a path that Prometheus does not have ends with 1 and says what Prometheus needs", async () => {
  const { code, stdout, stderr } = await runAgent(["check"], {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENDPOINT: `${prometheus.url}/v1/metrics`,
  });
  assert.equal(code, 1);
  assert.match(stdout + stderr, /404/);
  assert.match(stdout + stderr, /api\/v1\/otlp\/v1\/metrics/);
});

test("`config` shows the settings with where they come from, and no secret", async () => {
  const { code, stdout } = await runAgent(["config"], {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_HEADERS: "Authorization=Bearer%20hush",
  });
  assert.equal(code, 0);
  assert.ok(stdout.includes(engine.address));
  assert.match(stdout, /TALLYMAN_ENGINE_ADDRESS/);
  assert.doesNotMatch(stdout, /hush/);
});

test("a wrong setting ends with 2 and names the nearest one", async () => {
  const { code, stderr } = await runAgent(["once"], { TALLYMAN_OTLP_ENDPIONT: prometheus.otlpEndpoint });
  assert.equal(code, 2);
  assert.match(stderr, /TALLYMAN_OTLP_ENDPIONT/);
  assert.match(stderr, /TALLYMAN_OTLP_ENDPOINT/);
});

function withoutOptIn<T extends { metric: string }>(series: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...series].filter(([, { metric }]) => !OPT_IN.includes(metric)));
}
