import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const SECONDS_LATER = { withinMs: 10_000 };

const { engine, prometheus, env, agent, own } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  const prometheus = own(await startPrometheus());
  await engine.docker("run", "-d", "--name", "lives-on", "bb", "sh", "-c", "while :; do sleep 0.1; done");
  const env = { TALLYMAN_ENGINE_ADDRESS: engine.address, TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint };
  return { engine, prometheus, env, agent: own(startAgent(env)) };
});
const isLoss = ({ level, message }: { level: string; message: string }) =>
  level === "warn" && message.startsWith("Engine can't be reached");
const isReturn = ({ message }: { message: string }) => message === "Engine found again";

test("while the engine is away nothing stale is told, and Tallyman says so once and stays", async () => {
  await eventuallyPasses(async () => assert.equal((await series()).length, 1), { withinMs: 20_000 });
  await engine.crash();
  await eventuallyPasses(async () => {
    assert.deepEqual(await prometheus.query("{name='lives-on'}"), []);
    assert.deepEqual(await values("tallyman_engine_up"), [0]);
    assert.deepEqual(await values("container_scrape_error"), [1]);
  }, SECONDS_LATER);
  await eventuallyPasses(async () => {
    const [failed = 0] = await values("tallyman_sweeps_total{outcome='failure'}");
    assert.ok(failed >= 3, `${failed} sweeps have failed`);
  }, SECONDS_LATER);
  assert.equal(agent.log().filter(isLoss).length, 1, JSON.stringify(agent.log(), null, 1));
  assert.equal(agent.ended(), undefined);
});

test("seconds after the engine's return its containers' numbers go on", async () => {
  await engine.start();
  await eventuallyPasses(async () => {
    assert.equal((await series()).length, 1);
    assert.deepEqual(await values("tallyman_engine_up"), [1]);
    assert.deepEqual(await values("container_scrape_error"), [0]);
  }, SECONDS_LATER);
  await agent.logged(isReturn, 1_000);
  assert.equal(agent.log().filter(isReturn).length, 1);
  const [{ value: before } = { value: Number.NaN }] = await series();
  await eventuallyPasses(async () => assert.ok(((await series())[0]?.value ?? 0) > before), SECONDS_LATER);
});

test("the event stream is heard again: a container of after the restart is there in the next export", async () => {
  await engine.docker("run", "-d", "--name", "comes-later", "bb", "sleep", "1d");
  await eventuallyPasses(
    async () => assert.equal((await prometheus.query("container_memory_rss{name='comes-later'}")).length, 1),
    SECONDS_LATER,
  );
  await engine.docker("rm", "-f", "comes-later");
  await eventuallyPasses(
    async () => assert.deepEqual(await prometheus.query("{name='comes-later'}"), []),
    SECONDS_LATER,
  );
  assert.equal((await agent.stop()).code, 0);
});

test("an engine that is not there at the start is waited for, and read seconds after it has come", async () => {
  await engine.crash();
  const early = own(startAgent({ ...env, TALLYMAN_RESOURCE_INSTANCE_ID: "early" }));
  await early.logged(isLoss, 10_000);
  await engine.start();
  await eventuallyPasses(async () => {
    assert.equal((await prometheus.query("container_memory_rss{name='lives-on', instance='early'}")).length, 1);
  }, SECONDS_LATER);
  assert.equal(early.log().filter(isLoss).length, 1);
});

function series() {
  return prometheus.query("container_cpu_usage_seconds_total{name='lives-on'}");
}

async function values(promql: string): Promise<number[]> {
  return (await prometheus.query(promql)).map(({ value }) => value);
}
