import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const SECONDS_LATER = { withinMs: 10_000 };

const { engine, prometheus, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await engine.docker("run", "-d", "--name", "stays", "bb", "sleep", "1d");
  await engine.docker("run", "-d", "--name", "goes", "bb", "sleep", "1d");
  const prometheus = own(await startPrometheus());
  await prometheus.crash();
  const env = { TALLYMAN_ENGINE_ADDRESS: engine.address, TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint };
  return { engine, prometheus, agent: own(startAgent(env)) };
});

test("a backend that is not there at the start is waited for, and that is said once", async () => {
  await agent.logged(isComplaint, 15_000);
  await prometheus.start();
  await eventuallyPasses(async () => assert.deepEqual(await names(), ["goes", "stays"]), SECONDS_LATER);
  assert.equal(complaints().length, 1, JSON.stringify(complaints()));
});

test("a backend that crashes and returns gets the numbers again, and that is said once too", async () => {
  await prometheus.crash();
  await eventuallyPasses(() => assert.equal(complaints().length, 2), SECONDS_LATER);
  await engine.docker("rm", "-f", "goes");
  await engine.docker("run", "-d", "--name", "came", "bb", "sleep", "1d");
  await prometheus.start();
  await eventuallyPasses(async () => assert.deepEqual(await names(), ["came", "stays"]), SECONDS_LATER);
  assert.equal(agent.ended(), undefined);
  assert.equal(complaints().length, 2, JSON.stringify(complaints()));
});

/** Of the containers that Prometheus answers for; of what it knew before the crash it would for five minutes more. */
async function names(): Promise<string[]> {
  return (await prometheus.query("container_memory_rss")).map(({ labels }) => labels.name ?? "").sort();
}

function complaints() {
  return agent.log().filter(isComplaint);
}
