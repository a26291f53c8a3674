import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { EngineFacts } from "../../src/engine/engine.ts";
import { createDeviceNames } from "../../src/sampling/devices.ts";
import { isSameMachine, ownContainerId } from "../../src/sampling/same-machine.ts";
import { readTopology } from "../../src/sampling/topology.ts";

const OWN_ID = "3664dd0900dee64f1299a955827b4862ff27c3dba080c5186039d1ec9781a988";
/** Lines of recordings/in-container. */
const PROC: Record<string, string> = {
  "/proc/diskstats":
    " 254       0 vda 8757 459 216920 62808 0 0 0\n 254      32 vdc 12 0 96 3 0 0 0\n 104 0 cciss!c0d0 1 2 3\n",
  "/proc/meminfo": "MemTotal:        3046984 kB\nSwapTotal:        524284 kB\n",
  "/proc/self/mountinfo": `124 114 254:0 /var/lib/docker/containers/${OWN_ID}/hostname /etc/hostname rw,relatime - ext4 /dev/vda rw\n`,
};
const read = (path: string) => PROC[path];
const FACTS: EngineFacts = {
  flavour: "docker",
  engineVersion: "28.5.2",
  osType: "linux",
  kernelVersion: "7.2.13",
  memoryBytes: 3_120_111_616,
  rootless: false,
  instantStats: true,
  local: true,
};

test("block devices are named by what /proc/diskstats shows inside a container", () => {
  const names = createDeviceNames({ read });
  assert.equal(names(254, 32), "/dev/vdc");
  assert.equal(names(104, 0), "/dev/cciss/c0d0");
  assert.equal(names(8, 0), undefined);
});

test("an unknown device has /proc/diskstats read again, but not for each question", () => {
  let reads = 0;
  let nowMs = 0;
  const names = createDeviceNames({
    read: (path) => {
      reads++;
      return PROC[path];
    },
    nowMs: () => nowMs,
  });
  for (let i = 0; i < 100; i++) names(8, 0);
  assert.equal(reads, 1);
  nowMs = 60_000;
  names(8, 0);
  assert.equal(reads, 2);
});

test("a local engine with our kernel and memory is on our machine", () => {
  assert.equal(isSameMachine(FACTS, [], { read, kernelRelease: "7.2.13" }), true);
});

test("another kernel or another memory size behind a local socket is another machine", () => {
  assert.equal(isSameMachine(FACTS, [], { read, kernelRelease: "6.1.0" }), false);
  assert.equal(isSameMachine({ ...FACTS, memoryBytes: 1 }, [], { read, kernelRelease: "7.2.13" }), false);
});

test("an engine over TCP is on our machine only if it lists the container that we run in", () => {
  const remote = { ...FACTS, local: false };
  assert.equal(isSameMachine(remote, ["0".repeat(64)], { read, kernelRelease: "7.2.13" }), false);
  assert.equal(isSameMachine(remote, ["0".repeat(64), OWN_ID], { read, kernelRelease: "7.2.13" }), true);
  assert.equal(isSameMachine(remote, [OWN_ID], { read: () => undefined, kernelRelease: "7.2.13" }), false);
});

test("our own container is found by the mounts that the engine made for it", () => {
  assert.equal(ownContainerId(read), OWN_ID);
  assert.equal(
    ownContainerId(() => undefined),
    undefined,
  );
});

test("topology comes from sysfs: hyperthreads share a core, sockets count once, nodes hold memory", (t) => {
  const root = mkdtempSync(join(tmpdir(), "tallyman-sys-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [cpu, core, socket] of [
    [0, 0, 0],
    [1, 0, 0],
    [2, 1, 0],
    [3, 0, 1],
  ]) {
    put(root, `devices/system/cpu/cpu${cpu}/topology/core_id`, `${core}\n`);
    put(root, `devices/system/cpu/cpu${cpu}/topology/physical_package_id`, `${socket}\n`);
  }
  put(root, "devices/system/node/node0/meminfo", "Node 0 MemTotal:       3046984 kB\n");
  put(root, "devices/system/node/node0/distance", "10 20\n");
  put(root, "devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "7\n");
  put(root, "devices/system/node/node0/cpu0/online", "1\n");
  const topology = readTopology({ root });
  assert.equal(topology.physicalCores, 3);
  assert.equal(topology.sockets, 2);
  assert.deepEqual(topology.threads?.[1], { nodeId: "", coreId: "0", threadId: "1", siblings: 2 });
  assert.equal(topology.threads?.[0]?.nodeId, "0");
  assert.deepEqual(topology.nodes, [
    { id: "0", memoryBytes: 3_120_111_616, hugepages: [{ pageSizeKiB: "2048", count: 7 }], distances: [10, 20] },
  ]);
});

test("a machine that shows no topology has none", () => {
  assert.deepEqual(readTopology({ root: "/nonexistent" }), { threads: [], nodes: [], caches: [] });
});

test("a core's own caches are told apart from the one that the node shares", (t) => {
  const root = mkdtempSync(join(tmpdir(), "tallyman-sys-"));
  t.after(() => rmSync(root, { recursive: true }));
  put(root, "devices/system/node/node0/cpu0/online", "1");
  put(root, "devices/system/node/node0/cpu1/online", "1");
  for (const cpu of [0, 1]) {
    put(root, `devices/system/cpu/cpu${cpu}/topology/core_id`, `${cpu}\n`);
    for (const [index, level, type, size, shared] of [
      [0, 1, "Data", "64K", cpu],
      [1, 3, "Unified", "16M", "0-1"],
    ]) {
      const folder = `devices/system/cpu/cpu${cpu}/cache/index${index}`;
      put(root, `${folder}/level`, `${level}\n`);
      put(root, `${folder}/type`, `${type}\n`);
      put(root, `${folder}/size`, `${size}\n`);
      put(root, `${folder}/shared_cpu_list`, `${shared}\n`);
    }
  }
  assert.deepEqual(readTopology({ root }).caches, [
    { nodeId: "0", coreId: "0", level: "1", type: "Data", sizeBytes: 65_536 },
    { nodeId: "0", coreId: "", level: "3", type: "Unified", sizeBytes: 16_777_216 },
    { nodeId: "0", coreId: "1", level: "1", type: "Data", sizeBytes: 65_536 },
  ]);
});

function put(root: string, path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
