import assert from "node:assert/strict";
import { test } from "node:test";
import { createBell } from "../../src/kit/bell.ts";

const NEVER = new AbortController().signal;
const LONG_MS = 60_000;
const SOON = { timeout: 10_000 };

test("who waits is woken by the bell", SOON, async () => {
  const bell = createBell();
  const heard = bell.heard(LONG_MS, NEVER);
  bell.ring();
  await heard;
});

test(
  "a bell that was rung while nobody waited is heard at once, and once however often it was rung",
  SOON,
  async () => {
    const bell = createBell();
    bell.ring();
    bell.ring();
    await bell.heard(LONG_MS, NEVER);
    let isHeard = false;
    const next = bell.heard(LONG_MS, NEVER).then(() => {
      isHeard = true;
    });
    await new Promise(setImmediate);
    assert.equal(isHeard, false);
    bell.ring();
    await next;
  },
);

test("who waits has waited after a while, or when that is asked for", SOON, async () => {
  const bell = createBell();
  await bell.heard(1, NEVER);
  const stopping = new AbortController();
  const heard = bell.heard(LONG_MS, stopping.signal);
  stopping.abort();
  await heard;
  await bell.heard(LONG_MS, stopping.signal);
});
