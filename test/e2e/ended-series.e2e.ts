import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { INTERVAL_MS, isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

// Without a word about their end, Prometheus would go on to answer with the last values for five minutes.
const NEXT_EXPORT = { withinMs: 3 * INTERVAL_MS };

const { engine, prometheus, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  const prometheus = own(await startPrometheus());
  for (const name of ["stays", "goes", "old-name"])
    await engine.docker("run", "-d", "--name", name, "bb", "sleep", "1d");
  const env = { TALLYMAN_ENGINE_ADDRESS: engine.address, TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint };
  const agent = own(startAgent(env));
  await eventuallyPasses(async () => assert.equal((await prometheus.query("container_memory_rss")).length, 3), {
    withinMs: 20_000,
  });
  return { engine, prometheus, agent };
});

test("a removed container answers nothing right after the next export", async () => {
  await engine.docker("rm", "-f", "goes");
  await eventuallyPasses(async () => assert.deepEqual(await prometheus.query('{name="goes"}'), []), NEXT_EXPORT);
});

test("a renamed container answers under its new name alone right after the next export", async () => {
  const series = (await prometheus.query('{name="old-name"}')).length;
  await engine.docker("rename", "old-name", "new-name");
  await eventuallyPasses(async () => {
    assert.deepEqual(await prometheus.query('{name="old-name"}'), []);
    assert.equal((await prometheus.query('{name="new-name"}')).length, series);
  }, NEXT_EXPORT);
});

test("the series of a container that stays have no gap while others end", async () => {
  const [gap] = await prometheus.query(
    `max_over_time((time() - timestamp(container_last_seen{name="stays"}))[10s:1s]) > ${(3 * INTERVAL_MS) / 1000}`,
  );
  assert.equal(gap, undefined);
  assert.equal((await prometheus.query('absent(container_memory_rss{name="stays"})')).length, 0);
});

test("at a clean stop the process is gone within 5 s and none of its series answers", async () => {
  const { code, tookMs } = await agent.stop();
  assert.equal(code, 0);
  assert.ok(tookMs < 5_000, `${tookMs} ms`);
  // Prometheus itself makes target_info of the resource of each request.
  assert.deepEqual(await prometheus.query('{job="tallyman", __name__!="target_info"}'), []);
});

test("Prometheus refused nothing of it", async () => {
  assert.deepEqual(agent.log().filter(isComplaint), []);
  assert.deepEqual(await prometheus.query('last_over_time(tallyman_exports_total{outcome!="success"}[5m]) > 0'), []);
});
