import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWordTable } from "../../../src/logs/levels/word-table.ts";

const TABLE = createWordTable({ error: 1, err: 2, "log.level": 3, "@l": 4 });

describe("a table of words", () => {
  test("finds a word within bytes, whatever its case", () => {
    for (const [text, value] of [
      ["error", 1],
      ["ERROR", 1],
      ["Err", 2],
      ["log.Level", 3],
      ["@L", 4],
    ] as const) {
      const bytes = Buffer.from(`<${text}>`);
      assert.equal(TABLE.find(bytes, 1, bytes.length - 1), value, text);
    }
  });

  test("finds no other word, part of a word, or nothing at all", () => {
    for (const text of ["", "e", "er", "erro", "errors", "arror", "errar", "log_level", "x".repeat(300)]) {
      const bytes = Buffer.from(text);
      assert.equal(TABLE.find(bytes, 0, bytes.length), undefined, text);
    }
  });

  test("refuses words too long for it", () => {
    assert.throws(() => createWordTable({ ["x".repeat(32)]: 1 }), /not a word for this table/);
  });
});
