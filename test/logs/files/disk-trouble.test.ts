import assert from "node:assert/strict";
import { test } from "node:test";
import { createDiskTrouble } from "../../../src/logs/files/disk-trouble.ts";
import { recordingTelemetry } from "../../engine/recording-telemetry.ts";
import { eventually } from "../../support/eventually.ts";

const QUICKLY = { firstMs: 1, maxMs: 1 };
const about = { path: "web.log", signal: new AbortController().signal };

test("the last success is the last write, though none failed before", async () => {
  const trouble = createDiskTrouble(recordingTelemetry(), QUICKLY);
  assert.deepEqual(trouble.standing, { isFailing: false });
  await trouble.untilItWorks(async () => {}, about);
  const { lastSuccessMs: first = 0 } = trouble.standing;
  await eventually(() => Date.now() > first);
  await trouble.untilItWorks(async () => {}, about);
  assert.ok((trouble.standing.lastSuccessMs ?? 0) > first);
});

test("a write that works is no success while another fails", async () => {
  const telemetry = recordingTelemetry();
  const trouble = createDiskTrouble(telemetry, QUICKLY);
  let isFull = true;
  const waiting = trouble.untilItWorks(async () => {
    if (isFull) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  }, about);
  await eventually(() => trouble.standing.isFailing);
  await trouble.untilItWorks(async () => {}, about);
  assert.deepEqual([trouble.standing.isFailing, trouble.standing.lastSuccessMs], [true, undefined]);
  isFull = false;
  await waiting;
  assert.equal(trouble.standing.isFailing, false);
});
