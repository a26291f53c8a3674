import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CONTAINER_ROWS } from "../../src/catalogue/rows.ts";
import { statsReply } from "../../src/demo/engine/stats-reply.ts";
import type { StatsReply } from "../../src/engine/replies.ts";
import { type Arrived, arrivals, type Export, exportsSince, hasLabels, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

const GIB = 2 ** 30;

/** All that a Windows container has, each a series' name and the labels that it has beside the container's own. */
const OF_A_WINDOWS_CONTAINER = [
  "container_cpu_system_seconds_total",
  "container_cpu_usage_seconds_total cpu",
  "container_cpu_user_seconds_total",
  "container_creation_time_seconds",
  "container_fs_reads_bytes_total",
  "container_fs_reads_total",
  "container_fs_writes_bytes_total",
  "container_fs_writes_total",
  "container_health_state",
  "container_last_seen",
  "container_memory_max_usage_bytes",
  "container_memory_rss",
  "container_memory_usage_bytes",
  "container_memory_working_set_bytes",
  "container_network_receive_bytes_total interface",
  "container_network_receive_packets_dropped_total interface",
  "container_network_receive_packets_total interface",
  "container_network_transmit_bytes_total interface",
  "container_network_transmit_packets_dropped_total interface",
  "container_network_transmit_packets_total interface",
  "container_paused",
  "container_restarts_total",
  "container_spec_memory_limit_bytes",
  "container_start_time_seconds",
  "container_state",
];
/** Beside these, with a limit of CPUs. */
const WITH_A_CPU_LIMIT = ["container_spec_cpu_period", "container_spec_cpu_quota"];
const MODES = ["container_cpu_system_seconds_total", "container_cpu_user_seconds_total"];

/** On an engine on which time stands still, so that it says the same each time that it is asked. */
const stoppedAtMs = Date.now();
let stage: Stage;
let agent: Tallyman;
let newest: Export;
before(async () => {
  const engine = { osType: "windows", hostName: "win-7", clock: () => stoppedAtMs } as const;
  stage = await startStage({ engine });
  const { containers, faults } = stage.engine;
  const common = { image: "shop/iis:ltsc2022", startedAgoMs: 3_600_000, labels: { "com.example.team": "shop" } };
  containers.run({ ...common, name: "iis", memoryLimitBytes: 2 * GIB, networks: ["nat", "backend"] });
  containers.run({ ...common, name: "limited", cpuCount: 2 });
  containers.run({ ...common, name: "isolated", isolation: "hyperv" });
  const silent = containers.run({ ...common, name: "silent" });
  // What moby answers where the Host Compute Service gave it no numbers.
  const cpu_usage = { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 };
  const edit = (stats: object) => {
    return { ...stats, storage_stats: {}, cpu_stats: { cpu_usage }, memory_stats: {}, networks: undefined };
  };
  faults.add({ path: `/containers/${silent}/stats`, fault: { kind: "edit", edit } });
  agent = stage.start();
  newest = (await exportsSince(stage.receiver, 0, 1))[0] as Export;
});
after(() => stage.close());

describe("Of an engine with Windows containers", () => {
  test("a container has all that has a counterpart there, and no series of cgroups", () => {
    assert.deepEqual(seriesOf("iis"), OF_A_WINDOWS_CONTAINER);
  });

  test("these are just the ones that the catalogue says to be of Windows", () => {
    const known = new Set([...OF_A_WINDOWS_CONTAINER, ...WITH_A_CPU_LIMIT].map((series) => series.split(" ")[0]));
    // With `docker run --cpu-shares`, of a container that does not run, and of an opt-in group.
    for (const name of ["container_spec_cpu_shares", "container_exit_code", "container_processes"]) known.add(name);
    // Where logs are kept.
    for (const name of ["container_logs_total", "container_logs_created"]) known.add(name);
    const said = CONTAINER_ROWS.filter(({ platforms }) => platforms.includes("Windows")).map(({ name }) => name);
    assert.deepEqual(said.sort(), [...known].sort());
  });

  test("each number is the engine's, in seconds and bytes", () => {
    const stats = told("iis");
    const { cpu_stats: cpu, memory_stats: memory, storage_stats: storage } = stats;
    const value = (metric: string) => pointsOf("iis", metric).map((point) => point.value);
    assert.deepEqual(value("container_cpu_usage_seconds_total"), [Number(cpu?.cpu_usage?.total_usage) / 1e7]);
    assert.deepEqual(value("container_cpu_user_seconds_total"), [Number(cpu?.cpu_usage?.usage_in_usermode) / 1e7]);
    assert.deepEqual(value("container_memory_usage_bytes"), [memory?.commitbytes]);
    assert.deepEqual(value("container_memory_max_usage_bytes"), [memory?.commitpeakbytes]);
    assert.deepEqual(value("container_memory_working_set_bytes"), [memory?.privateworkingset]);
    assert.deepEqual(value("container_memory_rss"), [memory?.privateworkingset]);
    assert.deepEqual(value("container_fs_reads_bytes_total"), [storage?.read_size_bytes]);
    assert.deepEqual(value("container_fs_writes_total"), [storage?.write_count_normalized]);
    assert.deepEqual(value("container_spec_memory_limit_bytes"), [2 * GIB]);
    assert.deepEqual(value("container_start_time_seconds"), [Math.floor((stoppedAtMs - 3_600_000) / 1000)]);
  });

  test("each network endpoint is an interface, named by its GUID", () => {
    const received = pointsOf("iis", "container_network_receive_bytes_total");
    const arrived = Object.fromEntries(received.map(({ labels, value }) => [labels.interface, value]));
    const expected = Object.entries(told("iis").networks ?? {}).map(([guid, counts]) => [guid, counts?.rx_bytes]);
    assert.equal(expected.length, 2);
    assert.deepEqual(arrived, Object.fromEntries(expected));
  });

  test("a limit of CPUs is a quota, as dashboards read it", () => {
    assert.deepEqual(seriesOf("limited"), [...OF_A_WINDOWS_CONTAINER, ...WITH_A_CPU_LIMIT].sort());
    assert.equal(pointsOf("limited", "container_spec_cpu_quota")[0]?.value, 200_000);
  });

  test("under Hyper-V isolation there is the whole CPU time without its modes", () => {
    const expected = OF_A_WINDOWS_CONTAINER.filter((series) => !MODES.includes(series));
    assert.deepEqual(seriesOf("isolated"), expected);
  });

  test("a container of which the Host Compute Service told nothing has no zeros, but is known to run", () => {
    const notMeasured = OF_A_WINDOWS_CONTAINER.filter((series) => !/_(cpu|memory|network|fs)_/.test(series));
    assert.deepEqual(seriesOf("silent"), [...notMeasured, "container_spec_memory_limit_bytes"].sort());
  });

  test("the machine and the engine are named", () => {
    const cores = newest.points.filter(({ metric }) => metric.startsWith("machine_") && !metric.endsWith("_error"));
    assert.deepEqual(cores.map(({ metric }) => metric).sort(), ["machine_cpu_cores", "machine_memory_bytes"]);
    const [version] = newest.points.filter(({ metric }) => metric === "cadvisor_version_info");
    assert.match(String(version?.labels.osVersion), /^Microsoft Windows Server/);
    assert.equal(stage.receiver.requests[0]?.decoded.resources[0]?.attributes["os.type"], "windows");
  });

  test("nobody is asked for processes, and nothing is said but what is well", () => {
    assert.ok(!stage.engine.requests.entries.some(({ path }) => path.endsWith("/top")));
    assert.deepEqual(
      agent.log().filter(({ level }) => level !== "info"),
      [],
    );
  });

  test("the group processes counts what `top` lists, not the processors of num_procs", async (t) => {
    const { engine, receiver } = await startStage({ engine: { osType: "windows", cpuCores: 64 } }, t).then((own) => {
      own.engine.containers.run({ name: "iis", load: { threads: 6 } });
      own.start({ TALLYMAN_METRICS_GROUPS_PROCESSES: "true", TALLYMAN_METRICS_GROUPS_SIZE: "true" });
      return own;
    });
    await receiver.waitFor(() => live(receiver, "container_processes").length === 1);
    assert.equal(live(receiver, "container_processes")[0]?.value, 3);
    await exportsSince(receiver, Date.now(), 2);
    assert.ok(engine.requests.entries.some(({ query }) => query.get("size") !== null));
    assert.deepEqual(arrivals(receiver, "container_fs_usage_bytes"), []);
  });
});

function pointsOf(name: string, metric?: string): Arrived[] {
  return newest.points.filter(
    (point) => (metric === undefined || point.metric === metric) && hasLabels(point, { name }),
  );
}

function seriesOf(name: string): string[] {
  const series = pointsOf(name).map(({ metric, labels }) => {
    const { name: _, image, id, container_label_com_example_team: team, ...extra } = labels;
    assert.deepEqual({ image, team }, { image: "shop/iis:ltsc2022", team: "shop" });
    assert.equal(id, `/docker/${stage.engine.containers.get(name).id}`);
    return [metric, ...Object.keys(extra).sort()].join(" ");
  });
  return [...new Set(series)].sort();
}

function told(name: string): StatsReply {
  const { profile, containers } = stage.engine;
  const view = { profile, apiVersion: profile.apiVersion, nowMs: stoppedAtMs };
  return statsReply(containers.get(name), view, { oneShot: true }) as StatsReply;
}
