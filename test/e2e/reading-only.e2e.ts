import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { INTERVAL_MS, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { startRecordingProxy } from "./harness/recording-proxy.ts";
import { setUp } from "./harness/set-up.ts";

const ALLOWED =
  /^(GET|HEAD) (\/v1\.\d+)?\/(_ping|version|info|events|containers\/json|containers\/[0-9a-f]{64}\/(json|stats|top))(\?.*)?$/;

const { engine, prometheus, proxy, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  const prometheus = own(await startPrometheus());
  const proxy = own(await startRecordingProxy(engine.socketPath));
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: proxy.address,
      TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
      TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
      TALLYMAN_METRICS_GROUPS_SIZE: "true",
      TALLYMAN_METRICS_PROCESSES_INTERVAL: "1s",
    }),
  );
  return { engine, prometheus, proxy, agent };
});

test("only reading requests of the list reach the engine, whatever happens there", async () => {
  await engine.docker("run", "-d", "--name", "watched", "bb", "sleep", "1d");
  await eventuallyPasses(
    async () => {
      assert.equal((await prometheus.query("container_processes{name='watched'}")).length, 1);
      assert.equal((await prometheus.query("container_fs_usage_bytes{name='watched'}")).length, 1);
    },
    { withinMs: 30_000 },
  );
  await engine.docker("pause", "watched");
  await engine.docker("unpause", "watched");
  await engine.docker("rm", "-f", "watched");
  await eventuallyPasses(async () => assert.deepEqual(await prometheus.query("{name='watched'}"), []), {
    withinMs: 4 * INTERVAL_MS,
  });
  await agent.stop();
  assert.ok(proxy.requests.length > 10);
  assert.deepEqual(
    proxy.requests.filter((request) => !ALLOWED.test(request)),
    [],
  );
});

test("an inspection is kept: a quiet container is not inspected at every sweep", () => {
  const inspections = proxy.requests.filter((request) => /containers\/[0-9a-f]{64}\/json/.test(request));
  const lists = proxy.requests.filter((request) => request.includes("/containers/json"));
  assert.ok(inspections.length < lists.length, `${inspections.length} inspections in ${lists.length} sweeps`);
});
