import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromText, durationText, millisecondsFromText, sizeText } from "../../src/settings/units.ts";

test("durations are read with their unit, and without one as milliseconds", () => {
  const read: Record<string, number | undefined> = {
    "500ms": 500,
    "15s": 15_000,
    "1m": 60_000,
    "1h": 3_600_000,
    "1.5s": 1500,
    "15 s": 15_000,
    "250": 250,
    "15S": undefined,
    "-1s": undefined,
    "1m30s": undefined,
    "": undefined,
    s: undefined,
    "1 constructor": undefined,
  };
  for (const [text, milliseconds] of Object.entries(read)) assert.equal(millisecondsFromText(text), milliseconds, text);
});

test("sizes are read with decimal and binary units, and without one as bytes", () => {
  const read: Record<string, number | undefined> = {
    "3MiB": 3 * 1024 * 1024,
    "512KiB": 524_288,
    "1GiB": 1_073_741_824,
    "3MB": 3_000_000,
    "64kB": 64_000,
    "65536": 65_536,
    "10B": 10,
    "3Mb": undefined,
    "3MiB/s": undefined,
  };
  for (const [text, bytes] of Object.entries(read)) assert.equal(bytesFromText(text), bytes, text);
});

test("an amount is written so that it reads back as the same", () => {
  for (const ms of [1, 999, 1000, 1500, 60_000, 90_000, 3_600_000, 5_400_000, 86_400_000]) {
    assert.equal(millisecondsFromText(durationText(ms)), ms);
  }
  for (const bytes of [1, 1000, 1024, 65_536, 3_145_728, 3_145_729])
    assert.equal(bytesFromText(sizeText(bytes)), bytes);
  assert.equal(durationText(90_000), "90s");
  assert.equal(sizeText(3_145_728), "3MiB");
});
