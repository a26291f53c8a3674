import assert from "node:assert/strict";
import { test } from "node:test";
import { createInspectCache } from "../../src/inventory/inspect-cache.ts";

const ENTRY = { fingerprint: "", beganByMs: 0, beganAfterMs: 0, isYoung: false };
const seeing = (nowMs: number) => ({ nowMs, isBlind: false });

test("what is touched while its inspect is under way is asked for again", () => {
  const cache = createInspectCache();
  const keep = cache.begin("a", 0);
  cache.touch("a");
  keep({ Id: "a" }, ENTRY, 0);
  assert.equal(cache.current("a", ENTRY, seeing(1)), undefined);
});

test("so is what was under way as the event stream returned", () => {
  const cache = createInspectCache();
  const keep = cache.begin("a", 0);
  cache.touchAll();
  keep({ Id: "a" }, ENTRY, 0);
  assert.equal(cache.current("a", ENTRY, seeing(1)), undefined);
});

test("a container that is no longer listed is forgotten", () => {
  const cache = createInspectCache();
  cache.begin("a", 0)({ Id: "a" }, ENTRY, 0);
  cache.retain(new Set());
  assert.equal(cache.last("a"), undefined);
});

test("a flood of events about containers that nobody chose is not remembered one by one, and costs nothing but a look", () => {
  const cache = createInspectCache();
  cache.begin("a", 0)({ Id: "a" }, ENTRY, 0);
  for (let i = 0; i < 20_000; i++) cache.touch(`other-${i}`);
  assert.equal(cache.current("a", ENTRY, seeing(1)), undefined);
  cache.begin("a", 0)({ Id: "a" }, ENTRY, 2);
  assert.ok(cache.current("a", ENTRY, seeing(3)));
});

test("inspects of the same time do not all expire at the same time", () => {
  let next = 0;
  const cache = createInspectCache({ random: () => (next++ % 10) / 10 });
  for (let i = 0; i < 10; i++) cache.begin(`${i}`, 0)({ Id: `${i}` }, ENTRY, 0);
  const currentAt = (minute: number) =>
    Array.from({ length: 10 }, (_, i) => cache.current(`${i}`, ENTRY, seeing(minute * 60_000))).filter(Boolean).length;
  assert.deepEqual([6, 8, 10, 12, 13].map(currentAt), [10, 8, 4, 1, 0]);
});

test("an inspect is not believed of a young run that may have begun after it was asked for", () => {
  const cache = createInspectCache();
  cache.begin("a", 1_000)({ Id: "a" }, ENTRY, 1_010);
  assert.equal(cache.current("a", { ...ENTRY, beganByMs: 1_300, isYoung: true }, seeing(1_300)), undefined);
  assert.ok(cache.current("a", { ...ENTRY, beganByMs: 900, isYoung: true }, seeing(1_900)));
});

test("of an older run that may have begun since, only while nothing tells of events", () => {
  const cache = createInspectCache();
  cache.begin("a", 70_000)({ Id: "a" }, ENTRY, 70_010);
  const upAMinute = { ...ENTRY, beganByMs: 80_000 };
  assert.ok(cache.current("a", upAMinute, seeing(140_000)), "an event would have told");
  assert.equal(cache.current("a", upAMinute, { nowMs: 140_000, isBlind: true }), undefined);
});
