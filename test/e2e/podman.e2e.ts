import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { expectedSeries } from "./expected/reading.ts";
import { isComplaint, startAgent } from "./harness/agent.ts";
import { startPodman } from "./harness/podman.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";

const SLEEP = ["bb", "sleep", "1d"];
/** Well over the 10 ms that cgroup v1 counts the kernel's time in, so that its user time is no rounding error. */
const WORK_AND_SLEEP = ["bb", "sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exec sleep 1d"];

const { podman, prometheus, agent } = await setUp(async (own) => {
  const podman = own(await startPodman());
  await podman.docker("run", "-d", "--network=none", "--name=pop-plain", ...SLEEP);
  await podman.docker(
    "run",
    "-d",
    "--network=none",
    "--name=pop-limits",
    "--memory=96m",
    "--label=team=tally",
    ...SLEEP,
  );
  await podman.docker("run", "-d", "--network=none", "--name=pop-worked", ...WORK_AND_SLEEP);
  await podman.docker("run", "-d", "--network=none", "--name=pop-exited", "bb", "sh", "-c", "exit 3");
  const prometheus = own(await startPrometheus());
  const agent = own(
    startAgent({ TALLYMAN_ENGINE_ADDRESS: podman.address, TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint }),
  );
  return { podman, prometheus, agent };
});

/** On cgroup v1, where no network, quota or health check is asked for: what Podman 5.4.2 tells. */
const TOLD = [
  "container_cpu_usage_seconds_total",
  "container_cpu_user_seconds_total",
  "container_cpu_system_seconds_total",
  "container_memory_usage_bytes",
  "container_threads",
  "container_spec_memory_limit_bytes",
  "container_spec_cpu_shares",
  "container_start_time_seconds",
  "container_creation_time_seconds",
  "container_state",
  "container_paused",
  "container_restarts_total",
];

/** A user time below 0 is an unsigned number of nanoseconds here (Podman 5.4.2), which tells nothing. */
const WRAPPED_SECONDS = 2 ** 63 / 1e9;

/** Of memory it tells the use and the limit alone. */
const NOT_TOLD = ["rss", "cache", "working_set_bytes", "mapped_file", "failures_total", "failcnt", "max_usage_bytes"];

test("Podman's containers are in Prometheus with Podman's own numbers", async () => {
  await eventuallyPasses(
    async () => {
      const expected = expectedSeries(await readings(), {});
      for (const { metric, container, value } of expected.values()) {
        if (!TOLD.includes(metric)) continue;
        const [seen] = await prometheus.query(`${metric}{name="${container}"}`);
        assert.equal(seen?.value, value < WRAPPED_SECONDS ? value : undefined, `${metric} of ${container}`);
      }
      assert.equal((await prometheus.query('container_exit_code{name="pop-exited"}'))[0]?.value, 3);
      assert.equal(
        (await prometheus.query('container_state{name="pop-limits", container_label_team="tally"}')).length,
        1,
      );
    },
    { withinMs: 60_000 },
  );
});

test("what Podman does not tell is absent", async () => {
  const names = new Set((await prometheus.query('{name=~"pop-.*"}')).map(({ name }) => name));
  assert.deepEqual(
    TOLD.filter((name) => !names.has(name)),
    [],
  );
  assert.deepEqual(
    NOT_TOLD.filter((name) => names.has(`container_memory_${name}`)),
    [],
  );
  assert.deepEqual(
    [...names].filter((name) => /^container_(fs|blkio|network|cpu_cfs)_/.test(name)),
    [],
  );
});

test("a container of Podman's that starts and one that is removed are told", async () => {
  await podman.docker("run", "-d", "--network=none", "--name=pop-later", ...SLEEP);
  const later = () => prometheus.query('container_memory_usage_bytes{name="pop-later"}');
  await eventuallyPasses(async () => assert.equal((await later()).length, 1), { withinMs: 20_000 });
  await podman.docker("rm", "-f", "pop-later");
  await eventuallyPasses(async () => assert.deepEqual(await prometheus.query('{name="pop-later"}'), []), {
    withinMs: 20_000,
  });
});

test("Podman is no reason to complain", async () => {
  assert.deepEqual(agent.log().filter(isComplaint), []);
  assert.equal((await agent.stop()).code, 0);
});

/** Without `top`: Podman runs a ps in the container for it, which its numbers show. */
async function readings() {
  const containers = await podman.client.list();
  return Promise.all(
    containers.map(async ({ Id }) => {
      const [inspect, stats] = await Promise.all([podman.client.inspect(Id), podman.client.stats(Id)]);
      return { inspect, stats, processCount: 0, atMs: Date.now() };
    }),
  );
}
