import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LEVELS, type Level } from "../../../src/logs/levels/level.ts";
import { lineLevel } from "../../../src/logs/levels/line-level.ts";
import { levelLines } from "./level-lines.ts";

const LINES = levelLines();

for (const [group, lines] of Map.groupBy(LINES, (line) => line.group)) {
  describe(group, () => {
    for (const { text, level } of lines ?? []) {
      test(`${level ?? "no level"}: ${JSON.stringify(text.slice(0, 100))}`, () => assert.equal(levelOf(text), level));
    }
  });
}

describe("the table of lines", () => {
  test("has lines of each level, and many that tell none", () => {
    assert.ok(LINES.length >= 250);
    for (const level of LEVELS)
      assert.ok(LINES.filter((line) => (line.level ?? "unknown") === level).length >= 7, level);
  });
});

describe("a line of whatever bytes", () => {
  test("is read the same with blanks before it or a CR behind it", () => {
    for (const { text, level } of LINES.filter(({ text }) => !text.startsWith("at "))) {
      assert.equal(levelOf(`  ${text}`), level, text);
      if (level !== undefined) assert.equal(levelOf(`${text}\r`), level, text);
    }
  });

  test("is read the same in colours", () => {
    for (const { text, level } of LINES.filter(({ text }) => !/^[{<]/.test(text))) {
      const coloured = `\x1b[0m\x1b[38;5;3m${text.replaceAll(" ", "\x1b[0m \x1b[1;31m")}\x1b[m`;
      assert.equal(levelOf(coloured), level, coloured);
    }
  });

  test("is read the same within a larger buffer", () => {
    for (const { text, level } of LINES) {
      const bytes = Buffer.from(text);
      const around = Buffer.concat([Buffer.from('ERROR [error] "'), bytes, Buffer.from('[info] : ERROR"}')]);
      assert.equal(known(lineLevel(around.subarray(15, 15 + bytes.length))), level, text);
    }
  });

  test("cut anywhere makes no reader fail", () => {
    for (const { text } of LINES) {
      const bytes = Buffer.from(text);
      for (let end = 0; end <= bytes.length; end++) assert.doesNotThrow(() => lineLevel(bytes.subarray(0, end)), text);
    }
  });

  test("that is empty, blank or binary tells none", () => {
    for (const text of ["", " ", "\t\t", "\0\0\0", "\x1b", "\x1b[", "\x1b[31", "\r", '"', "{", '{"', "<", "[", "="]) {
      assert.equal(levelOf(text), undefined, JSON.stringify(text));
    }
    assert.equal(lineLevel(Buffer.from([0xff, 0xfe, 0x80, 0x00, 0xc3])), undefined);
  });

  test("may have invalid UTF-8 around its level", () => {
    assert.equal(lineLevel(Buffer.from([0xff, 0x20, ...Buffer.from("ERROR"), 0x20, 0xff])), "error");
    assert.equal(lineLevel(Buffer.from([0xff, ...Buffer.from("ERROR"), 0x20])), undefined);
  });
});

describe("how far a line is read", () => {
  test("words count in the first 256 bytes of a text, pairs in the first 1,024 of a line of pairs", () => {
    assert.equal(levelOf(`${"x ".repeat(120)}ERROR`), "error");
    assert.equal(levelOf(`${"x ".repeat(130)}ERROR`), undefined);
    assert.equal(levelOf(`a=b ${"c=d ".repeat(200)}level=error`), "error");
    assert.equal(levelOf(`a=b ${"c=d ".repeat(260)}level=error`), undefined);
  });

  test("keys of JSON count in its first 4,096 bytes", () => {
    assert.equal(levelOf(`{"msg":"${"x".repeat(4000)}","level":"error"}`), "error");
    assert.equal(levelOf(`{"msg":"${"x".repeat(4096)}","level":"error"}`), undefined);
  });
});

function levelOf(text: string): Level | undefined {
  return known(lineLevel(Buffer.from(text)));
}

/** "unknown" says that the line is known to tell none, which is the same to whoever asks. */
function known(level: Level | undefined): Level | undefined {
  return level === "unknown" ? undefined : level;
}
