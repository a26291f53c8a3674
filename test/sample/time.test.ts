import assert from "node:assert/strict";
import { test } from "node:test";
import { microsecondsFromRfc3339, secondsFromRfc3339 } from "../../src/sample/time.ts";

test("a time is read with any number of digits up to nine, and in any zone", () => {
  assert.equal(microsecondsFromRfc3339("2026-11-21T03:57:20.321926784Z"), 1_795_233_440_321_926);
  assert.equal(microsecondsFromRfc3339("2026-11-21T03:57:20.3Z"), 1_795_233_440_300_000);
  assert.equal(microsecondsFromRfc3339("2026-11-21T03:57:20Z"), 1_795_233_440_000_000);
  assert.equal(microsecondsFromRfc3339("2026-11-21T05:57:20.5+02:00"), 1_795_233_440_500_000);
});

test("a second's last nanosecond stays in that second", () => {
  assert.equal(Math.floor(secondsFromRfc3339("2026-11-21T03:57:20.999999999Z") ?? 0), 1_795_233_440);
});

test("Go's zero time is no time, nor is anything that is not one", () => {
  for (const text of ["0001-01-01T00:00:00Z", "", "yesterday", "2026-13-45T99:00:00Z", null, undefined, 0, {}]) {
    assert.equal(secondsFromRfc3339(text), undefined, String(text));
  }
});
