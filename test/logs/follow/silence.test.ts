import assert from "node:assert/strict";
import { test } from "node:test";
import { createSilence } from "../../../src/logs/follow/silence.ts";

test("a follow that told something is believed for a second, then for twice as long each time, up to the bound", () => {
  const silence = createSilence(30_000);
  const believed: number[] = [];
  for (let times = 0; times < 7; times++) {
    believed.push(silence.maxMs);
    silence.passed();
  }
  assert.deepEqual(believed, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  silence.told();
  assert.equal(silence.maxMs, 1_000);
});

test("a bound below a second holds from the first time on", () => {
  const silence = createSilence(50);
  assert.equal(silence.maxMs, 50);
  silence.passed();
  assert.equal(silence.maxMs, 50);
});
