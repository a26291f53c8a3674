import assert from "node:assert/strict";
import { test } from "node:test";
import { createNewLines } from "../../../src/logs/resume/new-lines.ts";
import { toldBefore } from "../../../src/logs/resume/told-lines.ts";
import { linesOf, positionAfter } from "./model-log.ts";

const CASES: { [name: string]: { held: string[]; told: string[]; log: string[]; expected: string } } = {
  "what was told of the time between comes first, in its order": {
    held: ["out 1 a"],
    told: ["out 2 b", "err 2.1 c", "out 3 d"],
    log: ["out 4 e", "out 5 f"],
    expected: "b c d e f",
  },
  "what is held is not told again": {
    held: ["err 1 a", "out 2 b"],
    told: ["err 1 a", "out 2 b", "out 3 c"],
    log: ["out 4 d"],
    expected: "c d",
  },
  "what the log has itself comes from it": {
    held: ["out 1 a"],
    told: ["out 2 b", "out 3 c", "out 4 d"],
    log: ["out 3 c", "out 4 d", "out 5 e"],
    expected: "b c d e",
  },
  "a follow that tells a file again tells nothing new": {
    held: ["out 1 a"],
    told: ["out 2 b", "err 2.5 c", "out 3 d", "out 1 a", "out 2 b", "err 2.5 c", "out 3 d", "out 4 e"],
    log: ["out 5 f"],
    expected: "b c d e f",
  },
  "a follow that passed over files is no reason to lack what it told": {
    held: ["out 1 a"],
    told: ["out 2 b", "out 8 h"],
    log: ["out 5 e", "out 6 f", "out 8 h"],
    expected: "b e f h",
  },
  "a younger line of the other stream that came before is not left out": {
    held: ["out 1 a"],
    told: ["out 2 b", "err 3.1 c", "out 3 d"],
    log: ["out 3 d", "out 4 e"],
    expected: "b c d e",
  },
  "an older line of the other stream that the log has too comes once": {
    held: ["out 1 a", "err 1.1 b"],
    told: ["err 2.9 d", "err 2.95 e"],
    log: ["out 3 c", "err 2.8 x", "err 2.9 d", "out 3.1 f", "err 2.95 e", "err 4 g"],
    expected: "d e c x f g",
  },
  "of lines of one time and stream that the log has too as many are left out as came": {
    held: ["out 1 a", "err 1 b"],
    told: ["err 2.9 d", "err 2.9 e"],
    log: ["out 3 c", "err 2.9 d", "err 2.9 e"],
    expected: "d c e",
  },
  "all parts of a line come": {
    held: ["out 1 a"],
    told: ["out 2 b+", "out 2 c+", "out 2 d"],
    log: ["out 4 e"],
    expected: "b+ c+ d e",
  },
  "where a clock was set back, only what is newer than all of its stream is known to be new": {
    held: ["out 9 a", "err 9.1 b"],
    told: ["out 5 c", "out 9.2 d", "out 6 e", "err 9.3 f"],
    log: ["out 12 g"],
    expected: "d f g",
  },
  "what was told before a clock was set back comes before the log that begins after it": {
    held: ["out 1 a"],
    told: ["out 8 b", "out 9 c", "out 4 d"],
    log: ["out 4 d", "out 5 e"],
    expected: "b c d e",
  },
};

for (const [name, { held, told, log, expected }] of Object.entries(CASES))
  test(`of a log that begins after the position: ${name}`, () => {
    const reading = createNewLines({
      position: positionAfter(linesOf(held)),
      isWhole: true,
      isRotating: true,
      tty: false,
      toldBefore: (first, position) => toldBefore(linesOf(told), first, position),
    });
    // In two goes, since an answer comes in pieces.
    const pieces = linesOf(log).map((line) => ({ ...line, isEnded: true }));
    const taken = [...reading.push(pieces.slice(0, 1)), ...reading.push(pieces.slice(1))];
    assert.equal(taken.map(({ bytes }) => bytes.toString()).join(" "), expected);
    assert.equal(reading.gapBefore, linesOf(log)[0]?.time);
    const all = [...linesOf(held), ...taken];
    const { newest, ...last } = reading.position ?? assert.fail("nothing is held");
    assert.deepEqual(newest, positionAfter(all)?.newest);
    assert.deepEqual([last.time, last.stream], [all.at(-1)?.time, all.at(-1)?.stream]);
  });

test("of a log that has lines from before the position, what it has decides", () => {
  const reading = createNewLines({
    position: positionAfter(linesOf(["out 2 b"])),
    isWhole: true,
    isRotating: true,
    tty: false,
    toldBefore: () => assert.fail("it was asked for what was told"),
  });
  const pieces = linesOf(["out 1 a", "out 2 b", "out 3 c"]).map((line) => ({ ...line, isEnded: true }));
  assert.deepEqual(
    reading.push(pieces).map(({ bytes }) => bytes.toString()),
    ["c"],
  );
});

test("a line that was told and that the log has too counts once in the position", () => {
  const [told] = linesOf(["err 2.9 b"]);
  const reading = createNewLines({
    position: positionAfter(linesOf(["out 1 a"])),
    isWhole: true,
    isRotating: true,
    tty: false,
    toldBefore: () => (told ? [told] : []),
  });
  const [begun, again] = linesOf(["out 3 c", "err 2.9 b"]).map((line) => ({ ...line, isEnded: true }));
  if (begun && again) reading.push([{ ...begun, bytes: Buffer.alloc(16_384), isEnded: false }, again]);
  assert.deepEqual([reading.position?.time, reading.position?.count], [told?.time, 1]);
});

test("where the line at the position is known to be gone, what was told comes before the rest too", () => {
  const reading = createNewLines({
    position: positionAfter(linesOf(["out 2 b"])),
    isWhole: true,
    isRotating: true,
    isAnchorGone: true,
    tty: false,
    toldBefore: (first, position) => toldBefore(linesOf(["out 3 c", "out 4 d"]), first, position),
  });
  const pieces = linesOf(["out 4 d", "out 5 e"]).map((line) => ({ ...line, isEnded: true }));
  assert.deepEqual(
    reading.push(pieces).map(({ bytes }) => bytes.toString()),
    ["c", "d", "e"],
  );
});
