import assert from "node:assert/strict";
import { test } from "node:test";
import { createLineAssembler, type LineOptions } from "../../src/logs/lines.ts";
import type { LogLine, LogPiece } from "../../src/logs/log-line.ts";
import { type Entry, timeAt } from "./log-bytes.ts";

const T1 = timeAt(1);
const T2 = timeAt(2);
const FULL = "x".repeat(16_384);

function piece({ stream = "stdout", time, text, isCut = false }: Entry): LogPiece {
  return { stream, time, bytes: Buffer.from(text as string), isEnded: !isCut };
}

function linesOf(entries: Entry[], options: Partial<LineOptions> = {}): string[] {
  return asText(createLineAssembler({ tty: false, ...options }).push(entries.map(piece)));
}

function asText(lines: readonly LogLine[]): string[] {
  return lines.map(({ stream, time, bytes, isPart }) => {
    const text = bytes.length > 100 ? `${bytes.length} bytes` : JSON.stringify(bytes.toString());
    return `${stream} ${time} ${text}${isPart ? " +" : ""}`;
  });
}

test("an ended piece is a line, an empty one too", () => {
  assert.deepEqual(
    linesOf([
      { time: T1, text: "one" },
      { time: T2, text: "" },
    ]),
    [`stdout ${T1} "one"`, `stdout ${T2} ""`],
  );
});

test("pieces of one line are joined, each stream for itself", () => {
  const lines = linesOf([
    { time: T1, text: FULL, isCut: true },
    { stream: "stderr", time: T2, text: FULL, isCut: true },
    { time: T1, text: FULL, isCut: true },
    { stream: "stderr", time: T2, text: "y" },
    { time: T1, text: "" },
  ]);
  assert.deepEqual(lines, [`stderr ${T2} 16385 bytes`, `stdout ${T1} 32768 bytes`]);
});

test("a short piece without newline is what a program wrote last: a line", () => {
  assert.deepEqual(
    linesOf([
      { time: T1, text: "$ ", isCut: true },
      { time: T2, text: "next" },
    ]),
    [`stdout ${T1} "$ "`, `stdout ${T2} "next"`],
  );
});

test("a full piece that another time follows was the end of its line", () => {
  assert.deepEqual(
    linesOf([
      { time: T1, text: FULL, isCut: true },
      { time: T2, text: "next" },
    ]),
    [`stdout ${T1} 16384 bytes`, `stdout ${T2} "next"`],
  );
});

test("a long line whose last newline the driver dropped ends with its short piece", () => {
  const lines = linesOf([
    { time: T1, text: FULL, isCut: true },
    { time: T1, text: "end", isCut: true },
    { time: T2, text: "next" },
  ]);
  assert.deepEqual(lines, [`stdout ${T1} 16387 bytes`, `stdout ${T2} "next"`]);
});

test("a line beyond the bound comes in parts of that length, and none of it is lost", () => {
  const pieces = [
    ...Array.from({ length: 4 }, () => ({ time: T1, text: FULL, isCut: true })),
    { time: T1, text: "end" },
  ];
  assert.deepEqual(linesOf(pieces, { maxLineBytes: 30_000 }), [
    `stdout ${T1} 30000 bytes +`,
    `stdout ${T1} 30000 bytes +`,
    `stdout ${T1} 5539 bytes`,
  ]);
});

test("a line of exactly the bound is whole", () => {
  assert.deepEqual(linesOf([{ time: T1, text: "12345678" }], { maxLineBytes: 8 }), [`stdout ${T1} "12345678"`]);
  assert.deepEqual(linesOf([{ time: T1, text: "123456789" }], { maxLineBytes: 8 }), [
    `stdout ${T1} "12345678" +`,
    `stdout ${T1} "9"`,
  ]);
});

test("the parts of a line are the same however large the pieces were", () => {
  const text = "y".repeat(100_000);
  const whole = linesOf([{ time: T1, text }], { maxLineBytes: 20_000 });
  const cut = [0, 1, 2, 3, 4, 5].map((index) => ({
    time: T1,
    text: text.slice(index * 16_384, (index + 1) * 16_384),
    isCut: true,
  }));
  assert.deepEqual(linesOf([...cut, { time: T1, text: text.slice(6 * 16_384) }], { maxLineBytes: 20_000 }), whole);
});

test("a terminal's lines lose the one CR before their newline", () => {
  const entries = [
    { time: T1, text: "one\r" },
    { time: T1, text: "two\r\r" },
    { time: T1, text: "three\r", isCut: true },
    { time: T1, text: FULL, isCut: true },
    { time: T1, text: "\r" },
    { time: T2, text: FULL, isCut: true },
    { time: T2, text: "its newline dropped\r", isCut: true },
  ];
  assert.deepEqual(linesOf(entries, { tty: true }), [
    `stdout ${T1} "one"`,
    `stdout ${T1} "two\\r"`,
    `stdout ${T1} "three\\r"`,
    `stdout ${T1} 16384 bytes`,
    `stdout ${T2} 16403 bytes`,
  ]);
  assert.deepEqual(linesOf([{ time: T1, text: "kept\r" }]), [`stdout ${T1} "kept\\r"`]);
});

test("Podman's pieces go on until a newline, whatever their size and time", () => {
  const entries = [
    { time: T1, text: "one ", isCut: true },
    { time: T2, text: "line" },
  ];
  assert.deepEqual(linesOf(entries, { untilNewline: true }), [`stdout ${T1} "one line"`]);
});

test("what does not go on is told at the end only", () => {
  const assembler = createLineAssembler({ tty: false });
  const full = { time: T1, text: FULL, isCut: true };
  assert.deepEqual(assembler.push([piece({ ...full, stream: "stderr" }), piece(full)]), []);
  assert.equal(assembler.isPending, true);
  assert.deepEqual(asText(assembler.flush()), [`stdout ${T1} 16384 bytes`, `stderr ${T1} 16384 bytes`]);
  assert.equal(assembler.isPending, false);
  assert.deepEqual(assembler.flush(), []);
});

test("a line that is held keeps its bytes when what was received is written again", () => {
  const received = Buffer.from(FULL);
  const assembler = createLineAssembler({ tty: false });
  assembler.push([{ stream: "stdout", time: T1, bytes: received, isEnded: false }]);
  received.fill("?");
  const [line] = assembler.push([piece({ time: T1, text: "" })]);
  assert.equal(line?.bytes.toString(), FULL);
});
