import assert from "node:assert/strict";
import { test } from "node:test";
import { createPieceDecoder } from "../../../src/logs/pieces/piece-decoder.ts";
import { createTerminalDecoder } from "../../../src/logs/pieces/terminal.ts";
import { seeded } from "../../support/seeded.ts";
import { cutAnywhere, type Entry, frameOf, piecesAsText, terminalEntry, timeAt } from "../log-bytes.ts";

const T1 = timeAt(1);
const T2 = timeAt(2);
const T3 = timeAt(3);

function decode(...entries: Entry[]): string[] {
  const decoder = createTerminalDecoder();
  return piecesAsText([...decoder.push(Buffer.concat(entries.map(terminalEntry))), ...decoder.flush()]);
}

test("each line is a piece of stdout with its time", () => {
  const pieces = decode({ time: T1, text: "one\r" }, { time: T2, text: "\r" });
  assert.deepEqual(pieces, [`stdout ${T1} "one\\r"`, `stdout ${T2} "\\r"`]);
});

test("a long line is cut where its time is repeated", () => {
  const pieces = decode(
    { time: T1, text: "x".repeat(16_384), isCut: true },
    { time: T1, text: "y".repeat(16_384), isCut: true },
    { time: T1, text: "end\r" },
  );
  assert.deepEqual(pieces, [`stdout ${T1} "16384 bytes" …`, `stdout ${T1} "16384 bytes" …`, `stdout ${T1} "end\\r"`]);
});

test("a piece that json-file made longer, where it was no UTF-8, is cut all the same", () => {
  const text = Buffer.from("\uFFFD".repeat(16_384));
  assert.deepEqual(decode({ time: T1, text, isCut: true }, { time: T1, text: "end" }), [
    `stdout ${T1} "49152 bytes" …`,
    `stdout ${T1} "end"`,
  ]);
});

test("what a program wrote last before it exited ends where the time of its next run begins", () => {
  const pieces = decode(
    { time: T1, text: "$ ", isCut: true },
    { time: T2, text: "one\r" },
    { time: T3, text: "two\r" },
  );
  assert.deepEqual(pieces, [`stdout ${T1} "$ " …`, `stdout ${T2} "one\\r"`, `stdout ${T3} "two\\r"`]);
});

test("a time that the program printed itself cuts nothing", () => {
  const text = `"${T1}" ${T1} ${T2} Z`;
  assert.deepEqual(decode({ time: T2, text }), [`stdout ${T2} ${JSON.stringify(text)}`]);
});

test("a line of Podman's, cut by no time, comes in bounded pieces", () => {
  const pieces = decode({ time: "2026-11-21T05:00:00Z", text: "x".repeat(60_000) });
  const time = "2026-11-21T05:00:00.000000000Z";
  assert.deepEqual(pieces, [`stdout ${time} "49152 bytes" …`, `stdout ${time} "10848 bytes"`]);
});

test("an unfinished line is no piece until the engine tells its end", () => {
  const decoder = createTerminalDecoder();
  assert.deepEqual(decoder.push(terminalEntry({ time: T1, text: "half", isCut: true })), []);
  assert.deepEqual(piecesAsText(decoder.flush()), [`stdout ${T1} "half" …`]);
  assert.deepEqual(decoder.flush(), []);
});

test("a line without a time has that of the line before, or is left out, and is counted", () => {
  const decoder = createTerminalDecoder();
  const bytes = Buffer.concat([Buffer.from("lost\n"), terminalEntry({ time: T1, text: "one" }), Buffer.from("two\n")]);
  assert.deepEqual(piecesAsText(decoder.push(bytes)), [`stdout ${T1} "one"`, `stdout ${T1} "two"`]);
  assert.equal(decoder.untimed, 2);
});

test("any cutting of the bytes gives the same pieces", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const entries = Array.from({ length: 100 }, (_, index): Entry[] => {
      const time = timeAt(index);
      const text = Buffer.alloc(Math.floor(random() ** 4 * 400), "x\r Z2026-11-21T");
      if (random() > 0.06) return [{ time, text, isCut: random() < 0.1 }];
      const cuts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
        const size = 16_384 + (random() < 0.5 ? 0 : Math.floor(random() * 32_769));
        return { time, text: Buffer.alloc(size, "long Z "), isCut: true };
      });
      return [...cuts, { time, text, isCut: random() < 0.3 }];
    }).flat();
    const bytes = Buffer.concat(entries.map(terminalEntry));
    const decoder = createTerminalDecoder();
    const pieces = cutAnywhere(bytes, random).flatMap((chunk) => decoder.push(Buffer.from(chunk)));
    pieces.push(...decoder.flush());
    const expected = entries.map(({ time, text, isCut = false }) => ({
      stream: "stdout" as const,
      time,
      bytes: text as Buffer,
      isEnded: !isCut,
    }));
    assert.deepEqual(piecesAsText(pieces), piecesAsText(expected), `seed ${seed}`);
  }
});

test("the first byte tells a terminal from frames, whatever the container's inspect says", () => {
  for (const tty of [true, false]) {
    const framed = createPieceDecoder({ tty });
    assert.deepEqual(piecesAsText(framed.push(frameOf({ time: T1, text: "one" }))), [`stdout ${T1} "one"`]);
    const raw = createPieceDecoder({ tty });
    assert.deepEqual(piecesAsText(raw.push(terminalEntry({ time: T1, text: "one" }))), [`stdout ${T1} "one"`]);
  }
});
