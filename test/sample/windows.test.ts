import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EngineFacts } from "../../src/engine/engine.ts";
import type { ContainerInspect } from "../../src/engine/replies.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { FACTS, inspected, sampleFrom } from "./sources.ts";

const { cgroupDriver: _, cgroupVersion: _version, ...OF_WINDOWS } = FACTS;
const WINDOWS: EngineFacts = { ...OF_WINDOWS, osType: "windows", cpuCores: 8 };

const NO_BLKIO = { io_service_bytes_recursive: null, io_serviced_recursive: null, io_time_recursive: null };

/** As moby writes it: `stats` of daemon/daemon_windows.go (23.0) in the types of api/types/stats.go. */
const STATS = {
  pids_stats: {},
  blkio_stats: NO_BLKIO,
  num_procs: 8,
  storage_stats: {
    read_count_normalized: 4811,
    read_size_bytes: 91_234_304,
    write_count_normalized: 1201,
    write_size_bytes: 15_728_640,
  },
  cpu_stats: {
    cpu_usage: { total_usage: 125_156_250, usage_in_kernelmode: 47_656_250, usage_in_usermode: 77_500_000 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  memory_stats: { commitbytes: 83_337_216, commitpeakbytes: 91_406_336, privateworkingset: 51_429_376 },
  networks: {
    "c9f0ba3e-5d53-4a2e-9b12-0d6f34a1c7e5": {
      rx_bytes: 81_920,
      rx_packets: 210,
      rx_errors: 0,
      rx_dropped: 3,
      tx_bytes: 40_960,
      tx_packets: 180,
      tx_errors: 0,
      tx_dropped: 1,
    },
  },
};

/** What moby writes where the Host Compute Service gave it nothing. */
const NOTHING_TOLD = {
  ...STATS,
  storage_stats: {},
  cpu_stats: { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 } },
  memory_stats: {},
  networks: undefined,
};

function windowsSample(stats: Record<string, unknown> = STATS, inspect: ContainerInspect = inspected()) {
  return sampleFrom({ stats, inspect, facts: WINDOWS });
}

test("CPU time is in seconds, of units of 100 ns", () => {
  assert.deepEqual(windowsSample().cpu, { usageSeconds: 12.515625, userSeconds: 7.75, systemSeconds: 4.765625 });
});

test("under Hyper-V isolation, where only the whole is counted, CPU time has no modes", () => {
  const cpu_usage = { total_usage: 125_156_250, usage_in_kernelmode: 0, usage_in_usermode: 0 };
  assert.deepEqual(windowsSample({ ...STATS, cpu_stats: { cpu_usage } }).cpu, { usageSeconds: 12.515625 });
});

test("memory is the commit, its peak and the private working set, and nothing else", () => {
  assert.deepEqual(windowsSample().memory, {
    usageBytes: 83_337_216,
    maxUsageBytes: 91_406_336,
    workingSetBytes: 51_429_376,
    rssBytes: 51_429_376,
  });
});

test("all storage is one disk without a name", () => {
  const disk = { device: "", readBytes: 91_234_304, writeBytes: 15_728_640, reads: 4811, writes: 1201 };
  assert.deepEqual(windowsSample().disks, [disk]);
});

test("storage counters that are left out are zero, since moby leaves out zeros", () => {
  const nothingYet = { device: "", readBytes: 0, writeBytes: 0, reads: 0, writes: 0 };
  assert.deepEqual(windowsSample({ ...STATS, storage_stats: {} }).disks, [nothingYet]);
});

test("a network endpoint has its traffic and drops, but no errors, which nobody counted", () => {
  assert.deepEqual(windowsSample().networks, [
    {
      interface: "c9f0ba3e-5d53-4a2e-9b12-0d6f34a1c7e5",
      receiveBytes: 81_920,
      receivePackets: 210,
      receiveErrors: undefined,
      receiveDropped: 3,
      transmitBytes: 40_960,
      transmitPackets: 180,
      transmitErrors: undefined,
      transmitDropped: 1,
    },
  ]);
});

test("the processors that a reply calls num_procs are no processes, and there are no tasks", () => {
  const { processCount, tasks } = windowsSample();
  assert.deepEqual({ processCount, tasks }, { processCount: undefined, tasks: undefined });
});

test("where the Host Compute Service told nothing, what the container is remains, without any of its zeros", () => {
  const { cpu, memory, networks, disks, readAtMs, state } = windowsSample(NOTHING_TOLD);
  assert.deepEqual([cpu, memory, networks, disks], [undefined, undefined, undefined, undefined]);
  assert.equal(state.running, true);
  assert.ok(readAtMs !== undefined);
});

test("the reply's own os_type decides before the engine's", () => {
  assert.equal(sampleFrom({ stats: { ...STATS, os_type: "windows" } }).memory?.usageBytes, 83_337_216);
  const linux = { ...STATS, os_type: "linux", memory_stats: { usage: 5, stats: { anon: 3, inactive_file: 1 } } };
  assert.equal(windowsSample(linux).memory?.workingSetBytes, 4);
});

test("the layer's size, which an engine on Windows gives as 0, is not known", () => {
  assert.equal(sampleFrom({ stats: STATS, facts: WINDOWS, sizeRwBytes: 0 }).sizeRwBytes, undefined);
  assert.equal(sampleFrom({ sizeRwBytes: 0 }).sizeRwBytes, 0);
});

test("a reply of any shape gives no number that was not one", () => {
  for (const junk of [null, undefined, "12", -1, Number.NaN, [], {}, true, [null]]) {
    for (const part of Object.keys(STATS)) {
      const { cpu, memory, disks, networks } = windowsSample({ ...STATS, [part]: junk });
      for (const value of [cpu, memory, ...(disks ?? []), ...(networks ?? [])].flatMap((one) =>
        Object.values(one ?? {}),
      )) {
        assert.ok(typeof value !== "number" || (value >= 0 && Number.isFinite(value)), `${part}: ${String(junk)}`);
      }
    }
  }
});

describe("of what was asked for at docker run", () => {
  const LINUX_ZEROS = {
    CpuShares: 0,
    CpuPeriod: 0,
    CpuQuota: 0,
    NanoCpus: 0,
    Memory: 0,
    MemorySwap: 0,
    PidsLimit: null,
  };
  const specOf = (HostConfig: object) => {
    const inspect = inspected({ HostConfig: { ...LINUX_ZEROS, CpuCount: 0, CpuPercent: 0, ...HostConfig } });
    const { createdAtSeconds: _, startedAtSeconds, ...limits } = windowsSample(STATS, inspect).spec;
    assert.equal(startedAtSeconds, 1_795_233_161.5);
    return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  };

  test("nothing but the memory limit is told where nothing was asked for: no defaults of Linux", () => {
    assert.deepEqual(specOf({}), { memoryLimitBytes: 0 });
  });

  for (const [option, HostConfig, cpuQuotaMicroseconds] of [
    ["--cpus=1.5", { NanoCpus: 1_500_000_000 }, 150_000],
    ["--cpu-count=2", { CpuCount: 2 }, 200_000],
    ["--cpu-percent=25 of 8 processors", { CpuPercent: 25 }, 200_000],
  ] as const) {
    test(`${option} is a quota`, () => {
      const limits = { cpuPeriodMicroseconds: 100_000, cpuQuotaMicroseconds, memoryLimitBytes: 1_073_741_824 };
      assert.deepEqual(specOf({ ...HostConfig, Memory: 1_073_741_824 }), limits);
    });
  }

  test("--cpu-percent of an unknown number of processors is not told", () => {
    const { cpuCores: _, ...facts } = WINDOWS;
    const inspect = inspected({ HostConfig: { CpuPercent: 25 } });
    const { spec } = describeContainer({ inspect, facts, envNames: [] });
    assert.equal(spec.cpuQuotaMicroseconds, undefined);
    assert.equal(spec.cpuPeriodMicroseconds, undefined);
  });
});

test("id is its path under Docker's cgroup driver, though there is none", () => {
  assert.equal(windowsSample().identity.cgroupPath, `/docker/${"ab".repeat(32)}`);
});
