import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLastLines } from "../../../src/logs/kept/last-lines.ts";
import { createLineFilter } from "../../../src/logs/kept/line-filter.ts";
import { createLineText } from "../../../src/logs/kept/line-text.ts";
import { mergeLines } from "../../../src/logs/kept/merge-lines.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { at, line, shortly } from "./lines-of.ts";

describe("a filter", () => {
  const lines = [line(1, "a"), line(2, "b", { stream: "stderr" }), line(3, "c")];

  test("takes both ends of a time", () => {
    assert.deepEqual(shortly(lines.filter(createLineFilter({ since: at(2), until: at(3) }))), [
      "2 stderr b",
      "3 stdout c",
    ]);
    assert.deepEqual(shortly(lines.filter(createLineFilter({ since: at(2.000000001) }))), ["3 stdout c"]);
  });

  test("takes a stream", () => {
    assert.deepEqual(shortly(lines.filter(createLineFilter({ stream: "stderr" }))), ["2 stderr b"]);
  });

  test("asks for the first part of a line, with which the others go, whatever comes between on the other stream", () => {
    const parts = [
      line(1, "ERROR a", { isPart: true }),
      line(2, "fine", { stream: "stderr" }),
      line(1, "b", { isPart: true }),
      line(1, "c"),
      line(3, "d"),
    ];
    const wants = ({ bytes }: LogLine) => bytes.includes("ERROR");
    assert.deepEqual(shortly(parts.filter(createLineFilter({ wants }))), [
      "1 stdout ERROR a…",
      "1 stdout b…",
      "1 stdout c",
    ]);
  });
});

describe("lines of several containers", () => {
  async function* batches(...lines: LogLine[][]) {
    yield* lines;
  }
  async function merged(...sources: LogLine[][][]) {
    const all: LogLine[] = [];
    for await (const lines of mergeLines(sources.map((source) => batches(...source)))) all.push(...lines);
    return all.map(({ bytes }) => String(bytes)).join("");
  }

  test("come in the order of their times", async () => {
    assert.equal(
      await merged([[line(1, "a"), line(4, "d")], [line(5, "e")]], [[], [line(2, "b")], [line(3, "c")]]),
      "abcde",
    );
  });

  test("keep the order that each has of its own, though a time goes back", async () => {
    assert.equal(await merged([[line(2, "b"), line(1, "a")]], [[line(3, "c")]]), "bac");
  });

  test("may be none, of one or of an empty one", async () => {
    assert.equal(await merged(), "");
    assert.equal(await merged([[line(1, "a")], [], [line(2, "b")]]), "ab");
    assert.equal(await merged([], [[line(1, "a")]]), "a");
  });
});

describe("the last lines", () => {
  for (const [count, last] of [
    [0, ""],
    [1, "e"],
    [3, "cde"],
    [5, "abcde"],
    [9, "abcde"],
  ] as const) {
    test(`are ${count} at most`, () => {
      const lines = createLastLines(count);
      lines.add([line(1, "a"), line(2, "b")]);
      lines.add([line(3, "c"), line(4, "d"), line(5, "e")]);
      assert.equal(
        lines
          .take()
          .map(({ bytes }) => bytes)
          .join(""),
        last,
      );
    });
  }
});

describe("the text of lines", () => {
  const text = (lines: LogLine[], timestamps = false) => String(createLineText({ timestamps })(lines));

  test("is a line each", () => assert.equal(text([line(1, "a"), line(2, "")]), "a\n\n"));

  test("has the time where it is asked for and known", () => {
    assert.equal(text([line(1, "a"), { ...line(2, "b"), time: "" }], true), `${at(1)} a\nb\n`);
  });

  test("puts parts together", () => {
    assert.equal(text([line(1, "a", { isPart: true }), line(1, "b")], true), `${at(1)} ab\n`);
  });

  test("never puts what another stream wrote into a line", () => {
    const lines = [line(1, "a", { isPart: true }), line(2, "x", { stream: "stderr" }), line(1, "b")];
    assert.equal(text(lines), "a\nx\nb\n");
  });
});
