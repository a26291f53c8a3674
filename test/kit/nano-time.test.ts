import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { msFromNanoTime, nanoTimeFromMs, nanoTimeFromText } from "../../src/kit/nano-time.ts";

describe("a time of nine digits", () => {
  const texts: Record<string, string | undefined> = {
    "2026-11-21T05:00:00.123456789Z": "2026-11-21T05:00:00.123456789Z",
    "2026-11-21T05:00:00.5Z": "2026-11-21T05:00:00.500000000Z",
    "2026-11-21T05:00:00Z": "2026-11-21T05:00:00.000000000Z",
    "2026-11-21t05:00:00z": "2026-11-21T05:00:00.000000000Z",
    "2026-11-21T05:00:00.25+02:00": "2026-11-21T03:00:00.250000000Z",
    "2026-11-21 05:00": "2026-11-21T05:00:00.000000000Z",
    "2026-11-21": "2026-11-21T00:00:00.000000000Z",
    "2026-13-21": undefined,
    "2026-11-21T25:00:00Z": undefined,
    yesterday: undefined,
    "10": undefined,
  };
  for (const [text, time] of Object.entries(texts)) {
    test(`${text} is ${time ?? "none"}`, () => assert.equal(nanoTimeFromText(text), time));
  }

  test("is made of milliseconds, and they of it", () => {
    const ms = Date.UTC(2026, 10, 21, 5, 0, 0, 123);
    assert.equal(nanoTimeFromMs(ms), "2026-11-21T05:00:00.123000000Z");
    assert.equal(msFromNanoTime("2026-11-21T05:00:00.123000000Z"), ms);
  });
});
