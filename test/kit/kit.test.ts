import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackoff } from "../../src/kit/backoff.ts";
import { eachInPool } from "../../src/kit/pool.ts";
import { wait } from "../../src/kit/wait.ts";

test("a backoff grows to its limit and begins anew after a reset", () => {
  const backoff = createBackoff({ firstMs: 100, maxMs: 500, random: () => 0.5 });
  assert.deepEqual(
    [backoff.next(), backoff.next(), backoff.next(), backoff.next(), backoff.next()],
    [100, 200, 400, 500, 500],
  );
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

test("a backoff's jitter stays within a quarter each way", () => {
  assert.equal(createBackoff({ firstMs: 100, maxMs: 500, random: () => 0 }).next(), 75);
  assert.equal(createBackoff({ firstMs: 100, maxMs: 500, random: () => 1 }).next(), 125);
});

test("a pool runs all items, never more at once than its limit", async () => {
  const done: number[] = [];
  let underWay = 0;
  let most = 0;
  await eachInPool([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    done.push(item);
  });
  assert.deepEqual(done.sort(), [1, 2, 3, 4, 5]);
  assert.equal(most, 2);
});

test("waiting ends at once when the signal aborts, or had aborted", async () => {
  const stop = new AbortController();
  const waiting = wait(1_000_000, stop.signal);
  stop.abort();
  await waiting;
  await wait(1_000_000, stop.signal);
});
