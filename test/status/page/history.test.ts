import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory, type Reading } from "../../../src/status/page/history.ts";

const HOUR_MS = 3_600_000;
const T0 = 1_800_000_000_000;

test("a history gives what was added, oldest first, and null where a value was not known", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 10 });
  history.add(T0, [{ id: "a", cpuCores: 0.5, memoryBytes: 2 ** 20 }]);
  history.add(T0 + 15_000, [{ id: "a", cpuCores: 0.25 }]);
  const known = history.of("a");
  assert.deepEqual(known?.times, [T0, T0 + 15_000]);
  assert.deepEqual(known?.values.cpuCores, [0.5, 0.25]);
  assert.deepEqual(known?.values.memoryBytes, [2 ** 20, null]);
  assert.deepEqual(known?.values.readBytes, [null, null]);
  assert.equal(history.of("b"), undefined);
});

test("what is older than its length is not given", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 10 });
  history.add(T0, [reading("a", 1)]);
  history.add(T0 + HOUR_MS + 1, [reading("a", 2)]);
  assert.deepEqual(history.of("a")?.values.cpuCores, [2]);
});

test("however often it is added to, it keeps 240 moments, which cover its whole length", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 10 });
  const stepMs = 1_000;
  const last = T0 + 2 * HOUR_MS;
  for (let atMs = T0; atMs <= last; atMs += stepMs) history.add(atMs, [reading("a", (atMs - T0) / stepMs)]);
  const { times, values } = history.of("a") ?? assert.fail();
  assert.ok(times.length > 235 && times.length <= 240, `${times.length} moments`);
  assert.equal(times.at(-1), last);
  assert.equal(values.cpuCores.at(-1), (last - T0) / stepMs);
  assert.ok((times[0] as number) <= last - HOUR_MS + 30_000);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(history.bytes, 240 * 6 * 4);
});

test("a container that is gone takes its history with it, and one that comes later begins where it came", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 1 });
  history.add(T0, [reading("a", 1)]);
  history.add(T0 + 20_000, [reading("b", 2)]);
  assert.equal(history.of("a"), undefined);
  assert.deepEqual(history.of("b")?.times, [T0 + 20_000]);
});

test("containers past the bound are left out and counted, those before them stay", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 2 });
  history.add(T0, [reading("a", 1), reading("b", 1), reading("c", 1)]);
  assert.equal(history.leftOut, 1);
  assert.equal(history.of("c"), undefined);
  assert.equal(history.of("a")?.times.length, 1);
});

test("a length of nothing keeps nothing", () => {
  const history = createHistory({ lengthMs: 0, maxContainers: 10 });
  history.add(T0, [reading("a", 1)]);
  assert.equal(history.of("a"), undefined);
  assert.equal(history.bytes, 0);
});

test("a clock that was set back does not mix moments", () => {
  const history = createHistory({ lengthMs: HOUR_MS, maxContainers: 10 });
  history.add(T0, [reading("a", 1)]);
  history.add(T0 - 2 * HOUR_MS, [reading("a", 2)]);
  history.add(T0 - 2 * HOUR_MS + 15_000, [reading("a", 3)]);
  const { times, values } = history.of("a") ?? assert.fail();
  assert.deepEqual(values.cpuCores, [2, 3]);
  assert.deepEqual(times, [T0 - 2 * HOUR_MS, T0 - 2 * HOUR_MS + 15_000]);
});

function reading(id: string, cpuCores: number): Reading {
  return { id, cpuCores };
}
