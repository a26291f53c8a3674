import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspected, PODMAN, sampleFrom, type Wanted } from "./sources.ts";

const QUOTA = inspected({ HostConfig: { NanoCpus: 500_000_000 } });

describe("CPU", () => {
  const throttling_data = { periods: 37, throttled_periods: 26, throttled_time: 978_439_000 };

  test("throttling counts under a quota only", () => {
    const stats = { cpu_stats: { cpu_usage: { total_usage: 1 }, throttling_data } };
    assert.equal(sampleFrom({ stats }).cpu?.throttling, undefined);
    const expected = { periods: 37, throttledPeriods: 26, throttledSeconds: 0.978439 };
    assert.deepEqual(sampleFrom({ stats, inspect: QUOTA }).cpu?.throttling, expected);
  });

  test("Podman's throttling counters, which are always zeros, are left out", () => {
    const stats = { cpu_stats: { cpu_usage: { total_usage: 1 }, throttling_data } };
    assert.equal(sampleFrom({ stats, inspect: QUOTA, facts: PODMAN }).cpu?.throttling, undefined);
  });

  test("a total of 0, which an engine without cgroups answers, is none", () => {
    const cpu_usage = { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 };
    assert.equal(sampleFrom({ stats: { cpu_stats: { cpu_usage } } }).cpu, undefined);
  });

  test("one core that can't be read leaves out the cores, not the total", () => {
    const cpu_usage = { total_usage: 3e9, percpu_usage: [1e9, "2"] };
    const { cpu } = sampleFrom({ stats: { cpu_stats: { cpu_usage } } });
    assert.equal(cpu?.perCoreSeconds, undefined);
    assert.equal(cpu?.usageSeconds, 3);
  });

  describe("of Podman on cgroup v2", () => {
    const modes = (kernel: number, total = 5_000_000_000) => {
      const cpu_usage = { total_usage: total, usage_in_kernelmode: kernel, usage_in_usermode: total - kernel };
      const { cpu } = sampleFrom({ stats: { cpu_stats: { cpu_usage } }, facts: PODMAN });
      return [cpu?.userSeconds, cpu?.systemSeconds];
    };

    test("is understood where kernel time is in microseconds", () =>
      assert.deepEqual(modes(1_234_567), [3.765433, 1.234567]));
    test("is understood where it is in nanoseconds", () =>
      assert.deepEqual(modes(1_234_567_000), [3.765433, 1.234567]));
    test("is left out where it may be either", () => assert.deepEqual(modes(1_234_000), [undefined, undefined]));
    test("is zero where it is zero", () => assert.deepEqual(modes(0), [5, 0]));
  });

  test("of Podman on cgroup v1 is in nanoseconds", () => {
    const cpu_usage = {
      total_usage: 117_968_861,
      percpu_usage: [48_177_376, 69_791_485],
      usage_in_kernelmode: 44_000_000,
      usage_in_usermode: 73_968_861,
    };
    const { cpu } = sampleFrom({ stats: { cpu_stats: { cpu_usage } }, facts: PODMAN });
    assert.equal(cpu?.systemSeconds, 0.044);
    assert.equal(cpu?.userSeconds, 0.073968861);
    assert.equal(cpu?.throttling, undefined);
  });
});

describe("memory", () => {
  const memoryOf = (memory_stats: object, more: Wanted = {}) => sampleFrom({ stats: { memory_stats }, ...more }).memory;

  test("has a working set that is never below zero", () => {
    assert.equal(memoryOf({ usage: 10, stats: { anon: 1, inactive_file: 12 } })?.workingSetBytes, 0);
    assert.equal(memoryOf({ usage: 10, stats: { total_cache: 1, total_inactive_file: 4 } })?.workingSetBytes, 6);
  });

  test("is what Podman gives: usage, and nothing derived from it", () => {
    const memory = memoryOf({ usage: 10_752_000, limit: 209_715_200 }, { facts: PODMAN, oomEvents: 1 });
    assert.deepEqual(JSON.parse(JSON.stringify(memory)), { usageBytes: 10_752_000 });
  });

  test("is absent where the kernel has no memory controller", () => assert.equal(memoryOf({}), undefined));

  test("counts hits of the limit on cgroup v1, where a missing number is zero", () => {
    assert.equal(memoryOf({ usage: 1, stats: { total_cache: 1 } })?.limitHits, 0);
    assert.equal(memoryOf({ usage: 1, failcnt: 9, stats: { total_cache: 1 } })?.limitHits, 9);
    assert.equal(memoryOf({ usage: 1, failcnt: 9, stats: { anon: 1 } })?.limitHits, undefined);
  });

  test("counts out-of-memory events: v1's by event, v2's by failcnt or by event, whichever saw more", () => {
    const v1 = { usage: 1, failcnt: 9, stats: { total_cache: 1 } };
    const v2 = { usage: 1, failcnt: 2, stats: { anon: 1 } };
    assert.equal(memoryOf(v1, { oomEvents: 3 })?.oomEvents, 3);
    assert.equal(memoryOf(v2)?.oomEvents, 2);
    assert.equal(memoryOf(v2, { oomEvents: 3 })?.oomEvents, 3);
    assert.equal(memoryOf({ usage: 1, stats: { anon: 1 } })?.oomEvents, 0);
  });
});

describe("threads", () => {
  const limitOf = (limit: unknown) => sampleFrom({ stats: { pids_stats: { current: 7, limit } } }).tasks?.threadsMax;

  test("have no limit where it is left out, 0 or 2^64-1", () => {
    assert.equal(limitOf(undefined), 0);
    assert.equal(limitOf(0), 0);
    assert.equal(limitOf(JSON.parse("18446744073709551615")), 0);
    assert.equal(limitOf(50), 50);
  });

  test("are absent where they are not counted", () => {
    assert.equal(sampleFrom({ stats: { pids_stats: {} } }).tasks, undefined);
  });

  test("have no known limit on Podman unless one was given", () => {
    const stats = { pids_stats: { current: 7, limit: 0 } };
    assert.equal(sampleFrom({ stats, facts: PODMAN }).tasks?.threadsMax, undefined);
    const inspect = inspected({ HostConfig: { PidsLimit: 100 } });
    assert.equal(sampleFrom({ stats, facts: PODMAN, inspect }).tasks?.threadsMax, 100);
  });
});
