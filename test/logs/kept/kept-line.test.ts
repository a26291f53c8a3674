import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatOfFirst, readKeptLine } from "../../../src/logs/kept/kept-line.ts";
import { createLineSplitter } from "../../../src/logs/kept/split-lines.ts";
import { at, shortly } from "./lines-of.ts";

describe("a line of a file", () => {
  const cases: Record<string, { text: string; format: string; means: string }> = {
    "of cri is read": { text: `${at(7)} stderr F hello  world `, format: "cri", means: "7 stderr hello  world " },
    "of cri may be a part": { text: `${at(7)} stdout P hel`, format: "cri", means: "7 stdout hel…" },
    "of cri may be empty": { text: `${at(7)} stdout F `, format: "cri", means: "7 stdout " },
    "of cri may be empty without the last space": { text: `${at(7)} stdout F`, format: "cri", means: "7 stdout " },
    "of json is read": {
      text: `{"log":"say \\"hi\\"\\n","stream":"stderr","time":"${at(7)}"}`,
      format: "json",
      means: '7 stderr say "hi"',
    },
    "of json may be a part": {
      text: `{"log":"hel","stream":"stdout","time":"${at(7)}"}`,
      format: "json",
      means: "7 stdout hel…",
    },
    "of raw is its bytes": { text: "hello", format: "raw", means: "- stdout hello" },
    "that only looks like json is raw": {
      text: '{"log":"x","stream":3}',
      format: "raw",
      means: '- stdout {"log":"x","stream":3}',
    },
    "that only looks like cri is raw": {
      text: `${at(7)} stdin F x`,
      format: "raw",
      means: `- stdout ${at(7)} stdin F x`,
    },
  };
  for (const [name, { text, format, means }] of Object.entries(cases)) {
    test(name, () => {
      assert.equal(formatOfFirst(Buffer.from(text)), format);
      assert.deepEqual(shortly([readKeptLine(Buffer.from(text), format as "cri")]), [means]);
    });
  }

  test("of cri keeps any byte", () => {
    const bytes = Buffer.from([0, 0xff, 0x0d, 0x20, 0xc3]);
    const { bytes: read } = readKeptLine(Buffer.concat([Buffer.from(`${at(7)} stdout F `), bytes]), "cri");
    assert.deepEqual(read, bytes);
  });

  test("that others wrote into a file of cri is shown as it is", () => {
    assert.deepEqual(shortly([readKeptLine(Buffer.from("rm -rf"), "cri")]), ["- stdout rm -rf"]);
  });
});

test("any cutting of a file gives the same lines", () => {
  const text = Buffer.from("a\n\nbcd\né\nunfinished");
  for (let one = 0; one <= text.length; one++) {
    for (let two = one; two <= text.length; two++) {
      const splitter = createLineSplitter();
      const lines = [text.subarray(0, one), text.subarray(one, two), text.subarray(two)].flatMap(splitter.push);
      assert.deepEqual(lines.map(String), ["a", "", "bcd", "é"]);
      assert.equal(String(splitter.rest()), "unfinished");
    }
  }
});
