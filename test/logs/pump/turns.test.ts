import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "../../../src/logs/pump/turns.ts";

test("so many go at once, the others in their order, also after one that failed", async () => {
  const inTurn = createTurns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    inTurn(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (number === 0) throw new Error("no");
    }).catch(() => undefined),
  );
  const settled = () => new Promise(setImmediate);
  await settled();
  assert.deepEqual(begun, [0, 1]);
  ends[0]?.();
  await settled();
  assert.deepEqual(begun, [0, 1, 2]);
  ends[1]?.();
  ends[2]?.();
  await settled();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  ends[3]?.();
  await Promise.all(all);
});
