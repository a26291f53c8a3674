import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILE_ROWS } from "../../src/catalogue/rows.ts";
import { metricFamily } from "../../src/families/metric-family.ts";
import { prometheusName } from "../../src/families/prometheus-name.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { seriesKey } from "./expected/series-key.ts";
import { isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { freePort } from "./harness/free-port.ts";
import { startPopulation } from "./harness/population.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const PROFILES = ["stats-exporter", "collector", "semconv"] as const;
const PATIENTLY = { withinMs: 60_000 };

const { prometheus, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  const listen = `127.0.0.1:${await freePort()}`;
  const page = { job_name: "page", static_configs: [{ targets: [listen] }] };
  const prometheus = own(await startPrometheus({ scrapes: [page] }));
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
      TALLYMAN_HTTP_LISTEN: listen,
      TALLYMAN_METRICS_PROFILES: PROFILES.join(","),
    }),
  );
  return { prometheus, agent };
});

/** By name and labels, those apart that tell who sent it. */
async function keysOf(job: string): Promise<string[]> {
  const series = await prometheus.query(`{__name__=~"container_.+|docker_exporter_.+|collector_.+", job="${job}"}`);
  return series.map(({ name, labels: { job: _, instance: _instance, ...labels } }) => seriesKey(name, labels)).sort();
}

test("what Prometheus makes of a push of all these names is what it reads on the page", async () => {
  await eventuallyPasses(async () => {
    const [pushed, pulled] = await Promise.all([keysOf("tallyman"), keysOf("page")]);
    assert.ok(
      pushed.some((key) => key.startsWith("container_cpu_usage{")),
      "of two sweeps",
    );
    assert.deepEqual(pulled, pushed);
    assert.ok(pushed.length > 100, `only ${pushed.length} series`);
  }, PATIENTLY);
});

test("every metric of the profiles is there, of what this engine and these groups have", async () => {
  const rows = PROFILES.flatMap((profile) => [...PROFILE_ROWS[profile].containers, ...PROFILE_ROWS[profile].sweep]);
  const expected = rows
    .filter(({ group, platforms }) => !["logs", "size", "disk"].includes(group) && platforms.includes("cgroup v1"))
    .map((row) => prometheusName(metricFamily(row)).name);
  await eventuallyPasses(async () => {
    const there = new Set((await keysOf("page")).map((key) => key.replace(/\{.*/, "")));
    assert.deepEqual(
      [...new Set(expected)].filter((name) => !there.has(name)),
      [],
    );
  }, PATIENTLY);
});

test("nothing was refused", () => {
  assert.deepEqual(agent.log().filter(isComplaint), []);
});
