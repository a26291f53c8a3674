import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogReply } from "../../../src/engine/engine.ts";
import { catchUp } from "../../../src/logs/follow/catch-up.ts";
import type { Reading } from "../../../src/logs/follow/reading.ts";

const REPLY: LogReply = {
  body: { async *[Symbol.asyncIterator]() {}, destroy() {}, destroyed: false },
  contentType: undefined,
  isEndTold: true,
};

/** A log of which each snapshot is read as the next of these; the tails that were asked for, "ahead" for what was opened. */
async function caughtUp(readings: Iterable<{ gapBefore?: string; newLines: number }>) {
  const asked: (number | string)[] = [];
  const given = readings[Symbol.iterator]();
  const reading = await catchUp({
    ahead: { next: async () => REPLY, hasAfter: () => false, end() {} },
    behindBy: Number.POSITIVE_INFINITY,
    heldUntil: () => undefined,
    async read(tail, opened): Promise<Reading> {
      asked.push(opened ? "ahead" : tail);
      const { gapBefore, newLines } = given.next().value ?? { newLines: 0 };
      const lines = { state: "found", position: undefined, beginsLate: false, gapBefore, isPending: false } as const;
      const none = { linesBefore: undefined, push: () => [], flush: () => [] };
      return { end: "ended", newLines, untimed: 0, wasOpen: true, lines: { ...lines, ...none } };
    },
  });
  return { asked, newLines: reading?.newLines };
}

test("a log that the driver removed lines of is read on at once, from what was opened ahead", async () => {
  const { asked, newLines } = await caughtUp([{ newLines: 100, gapBefore: "later" }, { newLines: 3 }]);
  assert.deepEqual(asked, ["ahead", "ahead"]);
  assert.equal(newLines, 3);
});

test("a log that always loses more is left to be read later", async () => {
  const { asked } = await caughtUp(Array.from({ length: 1_000 }, () => ({ newLines: 100, gapBefore: "later" })));
  assert.equal(asked.length, 20);
});

test("a log that is nearly caught up with is read from its end", async () => {
  const { asked } = await caughtUp([{ newLines: 2_000 }, { newLines: 10 }]);
  assert.deepEqual(asked, ["ahead", 8_000]);
});
