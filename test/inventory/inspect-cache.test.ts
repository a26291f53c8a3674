import assert from "node:assert/strict";
import { test } from "node:test";
import { createInspectCache } from "../../src/inventory/inspect-cache.ts";

const ENTRY = { fingerprint: "", beganByMs: 0, beganAfterMs: 0 };
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

test("while nothing tells of events, an inspect is not believed of a run that may have begun after it was asked for", () => {
  const cache = createInspectCache();
  cache.begin("a", 1_000)({ Id: "a" }, ENTRY, 1_010);
  const upLessThanASecond = { ...ENTRY, beganByMs: 1_300 };
  const upASecond = { ...ENTRY, beganByMs: 900 };
  assert.ok(cache.current("a", upASecond, { nowMs: 1_900, isBlind: true }));
  assert.equal(cache.current("a", upLessThanASecond, { nowMs: 1_300, isBlind: true }), undefined);
  assert.ok(cache.current("a", upLessThanASecond, seeing(1_300)), "an event would have told");
});
