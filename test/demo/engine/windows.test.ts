import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { ask } from "./ask.ts";
import { shapeOf } from "./shape.ts";

const engine = await startSimulatedEngine({ osType: "windows", cpuCores: 8 });
after(() => engine.close());
const id = engine.containers.run({ name: "iis", startedAgoMs: 600_000, isolation: "process", cpuCount: 2 });

test("an engine on Windows says so in every way that it can", async () => {
  const { headers } = await ask(engine, "/_ping");
  assert.deepEqual([headers.ostype, headers.server], ["windows", "Docker/28.5.2 (windows)"]);
  assert.equal((await ask(engine, "/version")).json.Os, "windows");
  const info = (await ask(engine, "/info")).json;
  assert.deepEqual([info.OSType, info.CgroupDriver, info.CgroupVersion], ["windows", "", undefined]);
  assert.equal((await ask(engine, `/containers/${id}/json`)).json.Platform, "windows");
});

/** moby 23.0, api/types/stats.go, as `stats` of daemon/daemon_windows.go fills it. */
const OF_WINDOWS = [
  "cpu_stats.cpu_usage.total_usage",
  "cpu_stats.cpu_usage.usage_in_kernelmode",
  "cpu_stats.cpu_usage.usage_in_usermode",
  "memory_stats.commitbytes",
  "memory_stats.commitpeakbytes",
  "memory_stats.privateworkingset",
  "networks.*.rx_bytes",
  "networks.*.rx_dropped",
  "networks.*.rx_errors",
  "networks.*.rx_packets",
  "networks.*.tx_bytes",
  "networks.*.tx_dropped",
  "networks.*.tx_errors",
  "networks.*.tx_packets",
  "num_procs",
  "pids_stats",
  "read",
  "storage_stats.read_count_normalized",
  "storage_stats.read_size_bytes",
  "storage_stats.write_count_normalized",
  "storage_stats.write_size_bytes",
];

test("stats have the fields that moby fills on Windows, and the processors for num_procs", async () => {
  const { json } = await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`);
  const fields = shapeOf(json, ["networks"]).filter((path) => !/^(pre|blkio_stats|cpu_stats\.throttling)/.test(path));
  assert.deepEqual(fields, OF_WINDOWS);
  assert.equal(json.num_procs, 8);
  assert.ok(Object.values(json.blkio_stats).every((list) => list === null));
});

test("stats of a stopped container hold no reading, as on Linux", async () => {
  const stopped = engine.containers.run();
  engine.containers.exit(stopped);
  const { json } = await ask(engine, `/containers/${stopped}/stats?stream=false&one-shot=true`);
  assert.equal(json.read, "0001-01-01T00:00:00Z");
});

test("a container comes into the network nat unless told", async () => {
  const [entry] = (await ask(engine, `/containers/json?filters={"name":["iis"]}`)).json;
  assert.deepEqual(Object.keys(entry.NetworkSettings.Networks), ["nat"]);
  assert.equal(entry.HostConfig.NetworkMode, "nat");
});

test("top lists names, ids, times and memory", async () => {
  const { Titles, Processes } = (await ask(engine, `/containers/${id}/top`)).json;
  assert.deepEqual(Titles, ["Name", "PID", "CPU", "Private Working Set"]);
  assert.ok(Processes.length > 0 && Processes.every((row: string[]) => row.length === Titles.length));
});
