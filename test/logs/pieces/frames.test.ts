import assert from "node:assert/strict";
import { test } from "node:test";
import { createFrameDecoder } from "../../../src/logs/pieces/frames.ts";
import { seeded } from "../../support/seeded.ts";
import { cutAnywhere, type Entry, framed, frameOf, piecesAsText, timeAt } from "../log-bytes.ts";

const T1 = timeAt(1);
const T2 = timeAt(2);

function decode(...frames: Buffer[]): string[] {
  return piecesAsText(createFrameDecoder().push(Buffer.concat(frames)));
}

test("each frame is a piece with its stream, its time and what was written", () => {
  const pieces = decode(frameOf({ time: T1, text: "one" }), frameOf({ stream: "stderr", time: T2, text: "two" }));
  assert.deepEqual(pieces, [`stdout ${T1} "one"`, `stderr ${T2} "two"`]);
});

test("a frame without a newline is a piece that is not ended", () => {
  assert.deepEqual(decode(frameOf({ time: T1, text: "one", isCut: true })), [`stdout ${T1} "one" …`]);
});

test("empty lines, carriage returns, NUL and invalid UTF-8 are kept byte for byte", () => {
  const bytes = Buffer.from([0, 13, 0xff, 0xfe, 0xc3, 27, 91, 13]);
  const [empty, odd] = createFrameDecoder().push(
    Buffer.concat([frameOf({ time: T1, text: "" }), frameOf({ time: T2, text: bytes })]),
  );
  assert.equal(empty?.bytes.length, 0);
  assert.ok(odd?.bytes.equals(bytes));
});

test("several lines in one frame are a piece each, with the frame's time unless they have their own", () => {
  const pieces = decode(framed(1, `${T1} one\ntwo\n${T2} three\n`));
  assert.deepEqual(pieces, [`stdout ${T1} "one"`, `stdout ${T1} "two"`, `stdout ${T2} "three"`]);
});

const SPELLINGS: [told: string, time: string][] = [
  ["2026-11-21T05:00:07Z", "2026-11-21T05:00:07.000000000Z"],
  ["2026-11-21T06:30:07+01:30", "2026-11-21T05:00:07.000000000Z"],
  ["2026-11-21T00:00:07.25-05:00", "2026-11-21T05:00:07.250000000Z"],
  ["2026-11-21T05:00:07.123456789Z", "2026-11-21T05:00:07.123456789Z"],
];

for (const [told, time] of SPELLINGS)
  test(`the time ${told} is told as ${time}`, () =>
    assert.deepEqual(decode(framed(1, `${told} x\n`)), [`stdout ${time} "x"`]));

for (const garbage of ["", "no time", "2026-99-99T99:99:99Z x", "2026-11-21T05:00:00Z", "20", "9".repeat(50)])
  test(`an entry ${JSON.stringify(garbage)} has the time of the one before it, and is counted`, () => {
    const decoder = createFrameDecoder();
    const bytes = Buffer.concat([frameOf({ time: T1, text: "one" }), framed(1, `${garbage}\n`)]);
    assert.deepEqual(piecesAsText(decoder.push(bytes)), [
      `stdout ${T1} "one"`,
      `stdout ${T1} ${JSON.stringify(garbage)}`,
    ]);
    assert.equal(decoder.untimed, 1);
  });

test("an entry without a time and with none before it is left out and counted", () => {
  const decoder = createFrameDecoder();
  assert.deepEqual(decoder.push(Buffer.concat([framed(1, "lost\n"), framed(2, "")])), []);
  assert.equal(decoder.untimed, 1);
});

test("the engine's own error ends the log, after what came before it", () => {
  const decoder = createFrameDecoder();
  const bytes = Buffer.concat([
    frameOf({ time: T1, text: "one" }),
    framed(3, "Error grabbing logs: bad\n"),
    framed(1, "x"),
  ]);
  assert.deepEqual(piecesAsText(decoder.push(bytes)), [`stdout ${T1} "one"`]);
  assert.match(decoder.failure ?? "", /Error grabbing logs: bad$/);
  assert.deepEqual(decoder.push(frameOf({ time: T2, text: "more" })), []);
});

for (const head of ["0100000000500000", "0400000000000001", "0101000000000001", "485454502f312e31"])
  test(`a frame that begins with ${head} ends the log`, () => {
    const decoder = createFrameDecoder();
    assert.deepEqual(decoder.push(Buffer.from(head, "hex")), []);
    assert.match(decoder.failure ?? "", /^no frame of a log begins with/);
  });

test("half a frame at the end is no piece", () => {
  const decoder = createFrameDecoder();
  decoder.push(frameOf({ time: T1, text: "one" }).subarray(0, -1));
  assert.deepEqual(decoder.flush(), []);
});

test("any cutting of the bytes gives the same pieces", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const entries = Array.from({ length: 200 }, (_, index): Entry => {
      const size = random() < 0.05 ? 16_384 : Math.floor(random() ** 4 * 400);
      const text = Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256))).map((b) =>
        b === 10 ? 11 : b,
      );
      return {
        stream: random() < 0.5 ? "stdout" : "stderr",
        time: timeAt(index),
        text: Buffer.from(text),
        isCut: random() < 0.1,
      };
    });
    const bytes = Buffer.concat(entries.map(frameOf));
    const decoder = createFrameDecoder();
    const pieces = cutAnywhere(bytes, random).flatMap((chunk) => decoder.push(Buffer.from(chunk)));
    assert.equal(pieces.length, entries.length);
    for (const [index, { stream, time, text, isCut }] of entries.entries()) {
      const piece = pieces[index];
      assert.deepEqual([piece?.stream, piece?.time, piece?.isEnded], [stream, time, !isCut], `seed ${seed}`);
      assert.ok(piece?.bytes.equals(text as Buffer), `seed ${seed}`);
    }
  }
});
