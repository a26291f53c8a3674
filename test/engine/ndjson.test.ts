import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLineSplitter } from "../../src/engine/ndjson.ts";

const recording = readFileSync(join(import.meta.dirname, "../fixtures/events-engine-28.5/events-live.ndjson"));

test("any cutting of the bytes gives the same lines", () => {
  const expected = recording.toString().split("\n").slice(0, -1);
  const random = seeded(7);
  for (let round = 0; round < 50; round++) {
    const splitter = createLineSplitter(1024 * 1024);
    const lines: string[] = [];
    for (let at = 0; at < recording.length; ) {
      const size = 1 + Math.floor(random() ** 3 * 5_000);
      lines.push(...splitter.push(recording.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual(lines, expected);
  }
});

test("a character that is cut in two is whole again", () => {
  const bytes = Buffer.from("grüße\n");
  const splitter = createLineSplitter(100);
  assert.deepEqual([...splitter.push(bytes.subarray(0, 3)), ...splitter.push(bytes.subarray(3))], ["grüße"]);
});

test("an overlong line is left out and counted, and the next is whole", () => {
  const splitter = createLineSplitter(10);
  assert.deepEqual(splitter.push(Buffer.from("0123456789\nabc")), ["0123456789"]);
  assert.deepEqual(splitter.push(Buffer.from("defghijklmn")), []);
  assert.deepEqual(splitter.push(Buffer.from("opq")), []);
  assert.equal(splitter.overlong, 1);
  assert.deepEqual(splitter.push(Buffer.from("\nnext\n")), ["next"]);
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
