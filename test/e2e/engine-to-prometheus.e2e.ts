import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTAINER_ROWS, SWEEP_ROWS } from "../../src/catalogue/rows.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { bracketed } from "./expected/bracketed.ts";
import { hasBlockIo, OF_BLOCK_IO, RUNNING_SERIES, STATE_SERIES } from "./expected/container-series.ts";
import { differences } from "./expected/differences.ts";
import { expectedMachineSeries } from "./expected/machine-series.ts";
import { readAll } from "./expected/reading.ts";
import { seriesKey } from "./expected/series-key.ts";
import { isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { RESTLESS, startPopulation } from "./harness/population.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const { engine, prometheus, agent, info, own } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  const prometheus = own(await startPrometheus());
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
      TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
      TALLYMAN_METRICS_GROUPS_SIZE: "true",
      TALLYMAN_METRICS_PROCESSES_INTERVAL: "1s",
      TALLYMAN_METRICS_SIZE_INTERVAL: "10s",
    }),
  );
  return { engine, prometheus, agent, info: await engine.client.info() };
});
const resource = { job: "tallyman", instance: info.Name ?? "" };

test("every series of every container is in Prometheus under cAdvisor's name and labels with the engine's own number", async () => {
  await eventuallyPasses(
    async () => {
      const { before, seen, after } = await bracketed({ client: engine.client, prometheus, resource, name: "pop-.*" });
      assert.deepEqual(differences({ before, seen, after, restless: RESTLESS }), []);
    },
    { withinMs: 60_000 },
  );
});

test("the numbers of a paused container are equal to the last bit", async () => {
  const { still, seen } = await eventuallyPasses(
    async () => {
      const { before, seen, after } = await bracketed({
        client: engine.client,
        prometheus,
        resource,
        name: "pop-paused",
      });
      // Time goes on, and the network delivers to a container that is paused.
      const still = [...before].filter(([, { metric }]) => !/^container_(last_seen$|network_receive_)/.test(metric));
      // The kernel takes back what it had charged in advance, paused or not (cgroup v1's usage_in_bytes is such a number).
      const moved = still.find(([key, { value }]) => after.get(key)?.value !== value);
      assert.equal(moved?.[0], undefined, "did not stand still");
      return { still, seen };
    },
    { withinMs: 60_000 },
  );
  assert.ok(still.length > 40, `only ${still.length} series`);
  for (const [key, { value }] of still) assert.equal(seen.get(key), value, key);
});

test("the catalogue has no metric of a container on cgroup v1 that is not looked for here", async () => {
  // Of a log there is something to count only where logs are kept (logs.e2e.ts).
  const names = CONTAINER_ROWS.filter(
    ({ platforms, group }) => platforms.includes("cgroup v1") && group !== "logs",
  ).map(({ name }) => name);
  const lookedFor = [...Object.keys(RUNNING_SERIES), ...Object.keys(STATE_SERIES)];
  assert.deepEqual([...names].sort(), [...lookedFor, ...OF_BLOCK_IO].sort());
  const arrived = new Set((await prometheus.query('{name=~"pop-.*"}')).map(({ name }) => name));
  assert.deepEqual(
    lookedFor.filter((name) => !arrived.has(name)),
    [],
  );
  assert.ok(!(await readAll(engine.client)).some(hasBlockIo), "the kernel counts block I/O: look for those series too");
});

test("the machine's series are in Prometheus with the numbers of the engine and the kernel", async () => {
  const expected = expectedMachineSeries(info, resource);
  const names = SWEEP_ROWS.map(({ name }) => name).join("|");
  const seen = new Map(
    (await prometheus.query(`{__name__=~"${names}"}`)).map(({ name, labels, value }) => [
      seriesKey(name, labels),
      value,
    ]),
  );
  const versions = [...seen.keys()].filter((key) => key.startsWith("cadvisor_version_info{"));
  assert.equal(versions.length, 1);
  assert.match(versions[0] ?? "", new RegExp(`dockerVersion="${info.ServerVersion?.replace(/[+.]/g, "\\$&")}"`));
  for (const key of versions) seen.delete(key);
  assert.deepEqual(Object.fromEntries(seen), Object.fromEntries(expected));
});

test("Tallyman's own counters arrive in the same push", async () => {
  const value = async (promql: string) => (await prometheus.query(promql))[0]?.value;
  const containers = await engine.client.list();
  assert.equal(await value("tallyman_containers_seen"), containers.length);
  assert.equal(await value("tallyman_containers_read"), containers.length);
  assert.equal(await value("tallyman_engine_up"), 1);
  assert.equal(typeof (await value('tallyman_exports_total{outlet="otlp", outcome="success"}')), "number");
});

test("by core, a container's CPU time is that of each core that it used, in place of the total", async () => {
  const instance = "by-core";
  own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
      TALLYMAN_RESOURCE_INSTANCE_ID: instance,
      TALLYMAN_CONTAINERS_INCLUDE_NAMES: "pop-paused",
      TALLYMAN_METRICS_GROUPS_PER_CORE: "true",
    }),
  );
  const seen = await eventuallyPasses(
    async () => {
      const series = await prometheus.query(`container_cpu_usage_seconds_total{instance="${instance}"}`);
      assert.notEqual(series.length, 0);
      return series.map(({ labels: { name, cpu }, value }) => ({ name, cpu, value }));
    },
    { withinMs: 10_000 },
  );
  const { cpu_stats } = await engine.client.stats("pop-paused");
  const perCore = (cpu_stats?.cpu_usage?.percpu_usage ?? []).entries();
  const used = [...perCore].filter(([, nanoseconds]) => nanoseconds > 0);
  assert.deepEqual(
    seen.sort((a, b) => ((a.cpu ?? "") < (b.cpu ?? "") ? -1 : 1)),
    used.map(([core, nanoseconds]) => ({ name: "pop-paused", cpu: `cpu0${core}`, value: nanoseconds / 1e9 })),
  );
});

test("Prometheus refused nothing of it", async () => {
  assert.deepEqual(agent.log().filter(isComplaint), []);
  assert.deepEqual(await prometheus.query('last_over_time(tallyman_exports_total{outcome!="success"}[5m]) > 0'), []);
});
