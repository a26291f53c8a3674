import assert from "node:assert/strict";
import { test } from "node:test";
import { pageContainer } from "../../../src/status/page/page-container.ts";
import { sampleOf } from "./samples.ts";

const T0 = 1_800_000_000_000;

test("a container's rates are worked out between its two samples, by the engine's own times", () => {
  const before = sampleOf("web", T0, { ...used(10, 1000), disks: [{ device: "8:0", writeBytes: 0 }] });
  const now = sampleOf("web", T0 + 4_000, { ...used(12, 9000), disks: [{ device: "8:0", writeBytes: 4096 }] });
  const { cpuCores, receiveBytes, transmitBytes, readBytes, writeBytes } = pageContainer(now, before, undefined);
  assert.deepEqual({ cpuCores, receiveBytes, writeBytes }, { cpuCores: 0.5, receiveBytes: 2000, writeBytes: 1024 });
  assert.deepEqual({ transmitBytes, readBytes }, { transmitBytes: undefined, readBytes: undefined });
});

test("what can't be known is absent: rates of a first sample and of a counter that began anew", () => {
  assert.equal(pageContainer(sampleOf("web", T0, used(10, 0)), undefined, undefined).cpuCores, undefined);
  const restarted = pageContainer(sampleOf("web", T0 + 1000, used(1, 0)), sampleOf("web", T0, used(10, 0)), undefined);
  assert.equal(restarted.cpuCores, undefined);
});

test("limits are there only where they were given", () => {
  const none = { cpuQuotaMicroseconds: -1, cpuPeriodMicroseconds: 100_000, memoryLimitBytes: 0 };
  const some = { cpuQuotaMicroseconds: 150_000, cpuPeriodMicroseconds: 100_000, memoryLimitBytes: 2 ** 28 };
  const limits = (spec: typeof none) => {
    const { cpuLimitCores, memoryLimitBytes } = pageContainer(sampleOf("web", T0, { spec }), undefined, undefined);
    return { cpuLimitCores, memoryLimitBytes };
  };
  assert.deepEqual(limits(none), { cpuLimitCores: undefined, memoryLimitBytes: undefined });
  assert.deepEqual(limits(some), { cpuLimitCores: 1.5, memoryLimitBytes: 2 ** 28 });
});

test("memory is the working set, and the usage only where there is no such thing", () => {
  const memoryOf = (memory: { usageBytes: number; workingSetBytes?: number }) =>
    pageContainer(sampleOf("web", T0, { memory }), undefined, undefined).memoryBytes;
  assert.equal(memoryOf({ usageBytes: 100, workingSetBytes: 60 }), 60);
  assert.equal(memoryOf({ usageBytes: 100 }), 100);
});

test("log lines are those of the levels that had any", () => {
  const levels = ["info", "error"].map((level, i) => ({ level, lines: i * 3 }));
  const { logLines } = pageContainer(sampleOf("web", T0), undefined, { sinceSeconds: 0, levels });
  assert.deepEqual(logLines, { error: 3 });
});

test("a paused container is called so, and one without a health check has no health", () => {
  const state = { status: "running", running: true, paused: true, health: "none" } as const;
  const { status, health } = pageContainer(sampleOf("web", T0, { state }), undefined, undefined);
  assert.deepEqual({ status, health }, { status: "paused", health: undefined });
});

function used(usageSeconds: number, receiveBytes: number) {
  return { cpu: { usageSeconds }, networks: [{ interface: "eth0", receiveBytes }] };
}
