import assert from "node:assert/strict";
import { test } from "node:test";
import { createRestOfLog } from "../../../src/logs/resume/rest-of-log.ts";
import { linesOf, positionAfter } from "./model-log.ts";

const CASES: { [name: string]: { held: string[]; told: string[]; expected: string; goesOn: boolean } } = {
  "what follows the line at the position is new": {
    held: ["out 1 a", "out 2 b"],
    told: ["out 1 a", "out 2 b", "out 3 c"],
    expected: "c",
    goesOn: true,
  },
  "of lines of one time as many are left out as are held": {
    held: ["out 1 a", "out 2 b", "out 2 c"],
    told: ["out 1 a", "out 2 b", "out 2 c", "out 2 d"],
    expected: "d",
    goesOn: true,
  },
  "where it begins among lines of that time, some may lack": {
    held: ["out 1 a", "out 2 b", "out 2 c"],
    told: ["err 1.9 x", "out 2 e", "out 2 f", "out 2 g"],
    expected: "g",
    goesOn: false,
  },
  "of a clock that was set back what follows is new all the same": {
    held: ["out 9 a", "out 5 b"],
    told: ["out 9 a", "out 5 b", "out 6 c"],
    expected: "c",
    goesOn: true,
  },
  "without the line at the position the times tell": {
    held: ["err 1 a", "out 2 b"],
    told: ["err 1 a", "out 3 c"],
    expected: "c",
    goesOn: false,
  },
};

for (const [name, { held, told, expected, goesOn }] of Object.entries(CASES))
  test(`of what was told of a log that is gone: ${name}`, () => {
    const rest = createRestOfLog(positionAfter(linesOf(held)));
    const taken = rest.pass(linesOf(told));
    assert.equal(taken.map(({ bytes }) => bytes.toString()).join(" "), expected);
    assert.equal(rest.goesOn, goesOn);
  });
