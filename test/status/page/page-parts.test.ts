import assert from "node:assert/strict";
import { test } from "node:test";
import { pageParts } from "../../../src/status/page/page-parts.ts";
import type { Vitals } from "../../../src/status/vitals.ts";

const WORDS = {
  engine: "Docker Engine 28.5",
  sweep: "3 containers",
  outlets: { otlp: "to there" },
  off: { logs: "off" },
};
const WELL: Vitals = {
  engine: { isConnected: true },
  sweeps: { startedMs: 90_000, longestMs: 60_000, endedMs: 4_000, hasFailed: false },
  outlets: [{ name: "otlp", isFailing: false, lastSuccessMs: 1 }],
};

test("what works is said to, with what it is", () => {
  assert.deepEqual(told(WELL), [
    "engine ok: Docker Engine 28.5",
    "sweep ok: 3 containers",
    "otlp ok: to there",
    "logs off: off",
  ]);
});

test("what was not tried yet waits", () => {
  const { startedMs, longestMs } = WELL.sweeps;
  const vitals = {
    engine: { isConnected: false },
    sweeps: { startedMs, longestMs },
    outlets: [{ name: "otlp", isFailing: false }],
  };
  assert.deepEqual(told(vitals).slice(0, 3), [
    "engine waiting: It is not connected yet.",
    "sweep waiting: 3 containers",
    "otlp waiting: to there",
  ]);
});

test("what fails says why, in the words of what failed", () => {
  const lastError = { atMs: 5, text: "HTTP 503" };
  const vitals = {
    engine: { isConnected: false, error: "ECONNREFUSED" },
    sweeps: { ...WELL.sweeps, hasFailed: true },
    outlets: [{ name: "otlp", isFailing: true, lastError }],
  };
  const [engine, sweep, otlp] = pageParts(vitals, WORDS);
  assert.match(engine?.text ?? "", /ECONNREFUSED/);
  assert.deepEqual([engine?.state, sweep?.state, otlp?.state], ["failing", "failing", "failing"]);
  assert.deepEqual(otlp?.lastError, lastError);
});

test("a sweep that never ends is told of", () => {
  const [, sweep] = pageParts({ ...WELL, sweeps: { ...WELL.sweeps, underWayMs: 61_000 } }, WORDS);
  assert.deepEqual([sweep?.state, sweep?.text], ["failing", "a sweep has been under way for 61 s."]);
});

function told(vitals: Vitals): string[] {
  return pageParts(vitals, WORDS).map(({ name, state, text }) => `${name} ${state}: ${text}`);
}
