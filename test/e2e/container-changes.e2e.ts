import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { INTERVAL_MS, isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const NEXT_EXPORT = { withinMs: 4 * INTERVAL_MS };
const FOREVER = ["bb", "sleep", "1d"];

const { engine, prometheus, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  const prometheus = own(await startPrometheus());
  const env = { TALLYMAN_ENGINE_ADDRESS: engine.address, TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint };
  return { engine, prometheus, agent: own(startAgent(env)) };
});

test("a stopped container keeps its state and exit code, and no number of a running one", async () => {
  await run("stopped", "bb", "sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done");
  await engine.docker("stop", "stopped");
  await arrives({ "container_state{name='stopped'}": [0], "container_exit_code{name='stopped'}": [7] });
  await arrives({ "{name='stopped', __name__=~'container_(cpu|memory|network|spec|threads|start|last).*'}": [] });
});

test("a container that was started again runs since then, and has no exit code", async () => {
  await engine.docker("start", "stopped");
  await arrives({
    "container_state{name='stopped'}": [1],
    "container_exit_code{name='stopped'}": [],
    "container_start_time_seconds{name='stopped'}": [await startedAt("stopped")],
  });
  await arrives({ "count(container_memory_rss{name='stopped'})": [1] });
});

test("a restarted container has its new start time", async () => {
  await run("restarted", ...FOREVER);
  const first = await startedAt("restarted");
  await engine.docker("restart", "-t", "0", "restarted");
  const second = await startedAt("restarted");
  assert.ok(second >= first);
  await arrives({
    "container_start_time_seconds{name='restarted'}": [second],
    "container_state{name='restarted'}": [1],
  });
});

test("a paused container says so, keeps its numbers, and goes on", async () => {
  await run("paused", ...FOREVER);
  await engine.docker("pause", "paused");
  await arrives({ "container_paused{name='paused'}": [1], "container_state{name='paused'}": [1] });
  await arrives({ "count(container_memory_rss{name='paused'})": [1] });
  await engine.docker("unpause", "paused");
  await arrives({ "container_paused{name='paused'}": [0] });
});

test("`docker update` is seen in the limits, and a new quota in the throttling counters", async () => {
  await run("updated", "--memory=64m", ...FOREVER);
  await arrives({ "container_spec_memory_limit_bytes{name='updated'}": [64 * 2 ** 20] });
  await arrives({ "container_cpu_cfs_periods_total{name='updated'}": [] });
  await engine.docker(
    "update",
    "--memory=96m",
    "--memory-swap=96m",
    "--cpu-quota=50000",
    "--cpu-shares=2048",
    "updated",
  );
  await arrives({
    "container_spec_memory_limit_bytes{name='updated'}": [96 * 2 ** 20],
    "container_spec_cpu_quota{name='updated'}": [50_000],
    "container_spec_cpu_shares{name='updated'}": [2048],
    "count(container_cpu_cfs_periods_total{name='updated'})": [1],
  });
});

test("a container that is replaced by another of its name answers with the new one alone", async () => {
  await run("replaced", ...FOREVER);
  await engine.docker("rm", "-f", "replaced");
  await run("replaced", ...FOREVER);
  const { Id } = await engine.client.inspect("replaced");
  await eventuallyPasses(async () => {
    const ids = (await prometheus.query("{name='replaced'}")).map(({ labels }) => labels.id);
    assert.deepEqual([...new Set(ids)], [`/docker/${Id}`]);
  }, NEXT_EXPORT);
});

test("a health check's outcome follows", async () => {
  await run("checked", "--health-cmd=test ! -e /ill", "--health-interval=1s", "--health-retries=1", ...FOREVER);
  await arrives({ "container_health_state{name='checked'}": [1] });
  await engine.docker("exec", "checked", "touch", "/ill");
  await arrives({ "container_health_state{name='checked'}": [0] });
});

test("an interface comes and goes with its network", async () => {
  await engine.docker("network", "create", "second");
  await run("connected", ...FOREVER);
  await engine.docker("network", "connect", "second", "connected");
  await arrives({ "count(container_network_receive_bytes_total{name='connected'})": [2] });
  await engine.docker("network", "disconnect", "second", "connected");
  await arrives({ "count(container_network_receive_bytes_total{name='connected'})": [1] });
});

test("a process killed for want of memory is counted, and the container goes on", async () => {
  await run("starved", "--memory=16m", "--memory-swap=16m", ...FOREVER);
  await arrives({ "container_oom_events_total{name='starved'}": [0] });
  await engine.docker("exec", "starved", "tail", "/dev/zero").catch(() => "killed, as intended");
  await arrives({ "container_oom_events_total{name='starved'}": [1], "container_state{name='starved'}": [1] });
});

test("restarts by the restart policy are counted", async () => {
  await run("restless", "--restart=on-failure:2", "bb", "sh", "-c", "exit 1");
  await arrives({ "container_restarts_total{name='restless'}": [2], "container_exit_code{name='restless'}": [1] });
});

test("a container that is labelled out of it sends nothing", async () => {
  await engine.docker("run", "-d", "--name", "hidden", "--label=tallyman.enable=false", ...FOREVER);
  await run("shown", ...FOREVER);
  await arrives({ "count(container_memory_rss{name='shown'})": [1] });
  assert.deepEqual(await prometheus.query("{name='hidden'}"), []);
});

test("Prometheus refused nothing of it", async () => {
  assert.deepEqual(agent.log().filter(isComplaint), []);
  assert.deepEqual(await prometheus.query('last_over_time(tallyman_exports_total{outcome!="success"}[5m]) > 0'), []);
});

async function run(name: string, ...args: string[]) {
  await engine.docker("run", "-d", "--name", name, ...args);
  await arrives({ [`count(container_state{name='${name}'})`]: [1] });
}

async function startedAt(name: string): Promise<number> {
  return Math.floor(Date.parse((await engine.client.inspect(name)).State?.StartedAt ?? "") / 1000);
}

/** The queries' values, all at once, no later than the next export. */
async function arrives(expected: Record<string, number[]>) {
  await eventuallyPasses(async () => {
    const seen: Record<string, number[]> = {};
    for (const promql of Object.keys(expected)) {
      seen[promql] = (await prometheus.query(promql)).map(({ value }) => value);
    }
    assert.deepEqual(seen, expected);
  }, NEXT_EXPORT);
}
