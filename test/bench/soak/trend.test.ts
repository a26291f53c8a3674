import assert from "node:assert/strict";
import { test } from "node:test";
import { trendOf } from "../../../bench/soak/trend.ts";
import { seeded } from "../../support/seeded.ts";

const MINUTES = 30;

function curve(at: (minute: number) => number): number[] {
  return Array.from({ length: MINUTES }, (_, minute) => at(minute));
}

test("what does not change does not rise", () => {
  assert.deepEqual(trendOf(curve(() => 34)), { level: 34, rise: 0 });
});

test("a heap that finds its size in the first half does not count as rising", () => {
  assert.equal(trendOf(curve((minute) => Math.min(100, 40 + 6 * minute))).rise, 0);
});

test("a steady leak is told as the share of the level by which it rises in the latter half", () => {
  const { level, rise } = trendOf(curve((minute) => 100 + minute));
  assert.equal(level, 122);
  assert.ok(Math.abs(rise - 14 / 122) < 1e-9);
});

test("noise of a tenth does not hide a leak of a fifth, nor pass for one", () => {
  const random = seeded(7);
  const noise = () => (random() - 0.5) * 10;
  assert.ok(trendOf(curve((minute) => 100 + (minute * 40) / MINUTES + noise())).rise > 0.1);
  assert.ok(trendOf(curve(() => 100 + noise())).rise < 0.05);
});

test("what falls has a negative rise, and nothing at all has none", () => {
  assert.ok(trendOf(curve((minute) => 100 - minute)).rise < 0);
  assert.deepEqual(trendOf([]), { level: 0, rise: 0 });
});
