import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine, LogPosition, LogStream } from "../../../src/logs/log-line.ts";
import { createNewLines } from "../../../src/logs/resume/new-lines.ts";
import { createResume, type ResumeOptions } from "../../../src/logs/resume/resume.ts";
import { seeded } from "../../support/seeded.ts";
import { timeAt } from "../log-bytes.ts";
import { assemble, linesAsText, MAX_LINE_BYTES, modelLog, positionAfter } from "./model-log.ts";

/** "out 5 a": stdout, at 5 s, "a"; with a "+" at its end a part. */
function lines(...texts: string[]): LogLine[] {
  return texts.map((text) => {
    const [stream, seconds, word = ""] = text.split(" ");
    return {
      stream: stream === "out" ? "stdout" : "stderr",
      time: timeAt(Math.round(Number(seconds) * 1e9)),
      bytes: Buffer.from(word),
      isPart: word.endsWith("+"),
    };
  });
}

function pass(options: Partial<ResumeOptions> & { held: string[] }, ...read: string[]) {
  const resume = createResume({ position: positionAfter(lines(...options.held)), isWhole: false, ...options });
  const taken = resume.pass(lines(...read)).map(({ bytes }) => bytes.toString());
  return [resume.state, taken.join(" ")];
}

const CASES: {
  [name: string]: [given: Partial<ResumeOptions> & { held: string[] }, read: string[], expected: string[]];
} = {
  "with nothing held all is new": [{ held: [] }, ["out 1 a", "err 2 b"], ["found", "a b"]],
  "what comes after the last line that is held is new": [
    { held: ["out 1 a", "out 2 b"] },
    ["out 1 a", "out 2 b", "out 3 c"],
    ["found", "c"],
  ],
  "of lines with one time and stream as many are held as the position counts": [
    { held: ["out 1 a", "out 2 b", "out 2 c"] },
    ["out 1 a", "out 2 b", "out 2 c", "out 2 d"],
    ["found", "d"],
  ],
  "an older line of the other stream that comes later is new": [
    { held: ["err 1 a", "out 4 x", "out 5 b"] },
    ["err 1 a", "out 4 x", "out 5 b", "err 4.99 c"],
    ["found", "c"],
  ],
  "a reading that begins with the last line held may lack others of its time": [
    { held: ["out 1 a", "out 2 b"] },
    ["out 2 b", "out 3 c"],
    ["starts-too-late", ""],
  ],
  "a reading that begins behind it lacks lines": [{ held: ["out 2 b"] }, ["out 3 c"], ["starts-too-late", ""]],
  "an earlier line of the same stream proves that nothing of the time is lacking": [
    { held: ["out 1 a", "out 2 b"] },
    ["out 1.9 z", "out 2 b", "out 3 c"],
    ["found", "c"],
  ],
  "an earlier line of the other stream proves nothing, since the streams are not in order": [
    { held: ["out 1 a", "out 2 b"] },
    ["err 1.9 z", "out 2 b", "out 3 c"],
    ["starts-too-late", ""],
  ],
  "a line that is two seconds older proves it, whatever its stream": [
    { held: ["out 1 a", "err 7 z", "out 9.5 b"] },
    ["err 7 z", "out 9.5 b", "out 9.6 c"],
    ["found", "c"],
  ],
  "the whole log needs no proof": [{ held: ["out 2 b"], isWhole: true }, ["out 2 b", "out 3 c"], ["found", "c"]],
  "the first line of the other stream may have begun before the reading": [
    { held: ["out 8 a", "out 9 b"] },
    ["out 8 a", "out 9 b", "out 9.1 c", "err 8.9 d", "out 9.2 e"],
    ["starts-too-late", "c"],
  ],
  "of a stream's first line in a reading there may be others before it": [
    { held: ["err 1 a", "out 1 b", "out 2 c"] },
    ["err 1 a", "out 1 b", "out 2 c", "out 2 d", "err 1 e"],
    ["starts-too-late", "d"],
  ],
  "when the line is not there the search goes on to the end": [
    { held: ["out 1 a", "out 2 b"], isWhole: true },
    ["out 5 e", "err 6 f"],
    ["searching", ""],
  ],
  "when it is gone, what is newer than the newest of its stream is new": [
    { held: ["err 1 a", "out 5 b", "err 4 c"], isWhole: true, isAnchorGone: true },
    ["err 4 c", "err 4.5 d", "out 5 b", "out 6 e"],
    ["found", "d e"],
  ],
  "when it is gone and nothing is known of a stream, what is about as new as the position is new": [
    { held: ["out 5 b"], isWhole: true, isAnchorGone: true },
    ["err 2.9 c", "err 4.9 d"],
    ["found", "d"],
  ],
  "a clock that was set back leaves the order of the log to decide": [
    { held: ["out 50 a", "out 51 b", "out 20 c"] },
    ["out 51 b", "out 20 c", "out 21 d"],
    ["starts-too-late", ""],
  ],
  "a clock that was set back is no obstacle to the whole log": [
    { held: ["out 19 z", "out 50 a", "out 51 b", "out 20 c"], isWhole: true },
    ["out 19 z", "out 50 a", "out 51 b", "out 20 c", "out 21 d"],
    ["found", "d"],
  ],
  "what is told a second time is new where no replays are expected": [
    { held: ["out 1 a", "out 2 b"] },
    ["out 1 a", "out 2 b", "out 3 c", "out 2 b"],
    ["found", "c b"],
  ],
  "where replays are expected, nothing is taken from the first on": [
    { held: ["out 1 a", "out 2 b"], stopsAtReplays: true },
    ["out 1 a", "out 2 b", "out 3 c", "out 2 b", "out 3 c", "out 4 d"],
    ["told-again", "c"],
  ],
  "a clock that was set back before what is new is no replay": [
    { held: ["out 8 a", "out 9 b", "out 2 c"], isWhole: true, stopsAtReplays: true },
    ["out 8 a", "out 9 b", "out 2 c", "out 3 d"],
    ["found", "d"],
  ],
  "parts of one line are no replays": [
    { held: ["out 1 a", "out 2 b+"], stopsAtReplays: true },
    ["out 1 a", "out 2 b+", "out 2 c+", "out 2 d", "out 2 d"],
    ["told-again", "c+ d"],
  ],
};

for (const [name, [given, read, expected]] of Object.entries(CASES))
  test(name, () => assert.deepEqual(pass(given, ...read), expected));

test("the position goes on with what was taken", () => {
  const held = ["err 1 a", "out 2 b"];
  const more = ["out 2 c", "err 1.9 d", "out 2 e"];
  const resume = createResume({ position: positionAfter(lines(...held)), isWhole: true });
  resume.pass(lines(...held));
  assert.deepEqual(resume.position, positionAfter(lines(...held)));
  resume.pass(lines(...more));
  assert.deepEqual(resume.position, positionAfter(lines(...held, ...more)));
});

/** Reads a log from its end, from ever earlier, as a follower does. Returns what was taken. */
function readOn(
  pieces: ReturnType<typeof modelLog>,
  start: LogPosition | undefined,
  tail: number,
  random: () => number,
) {
  const taken: LogLine[] = [];
  let position = start;
  for (let size = tail; ; size *= 8) {
    const isWhole = size >= pieces.length || position === undefined;
    const read = pieces.slice(isWhole ? 0 : -size);
    const reading = createNewLines({ position, isWhole, tty: false, maxLineBytes: MAX_LINE_BYTES });
    for (let at = 0; at < read.length; ) {
      const next = at + 1 + Math.floor(random() * 20);
      taken.push(...reading.push(read.slice(at, next)));
      position = reading.position;
      at = next;
    }
    if (reading.state === "found") return { taken, position };
    assert.ok(!isWhole, "the whole log has the line");
  }
}

for (const wholeSeconds of [false, true])
  test(`whatever is held, exactly the rest is taken${wholeSeconds ? ", with times of whole seconds too" : ""}`, () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seeded(seed);
      const pieces = modelLog(random, { entries: 20 + Math.floor(random() * 300), wholeSeconds });
      const all = assemble(pieces);
      const heldCount = Math.floor(random() * (all.length + 1));
      const { taken, position } = readOn(
        pieces,
        positionAfter(all.slice(0, heldCount)),
        1 + Math.floor(random() * 60),
        random,
      );
      assert.deepEqual(linesAsText(taken), linesAsText(all.slice(heldCount)), `seed ${seed}`);
      assert.deepEqual(position, positionAfter(all), `seed ${seed}`);
    }
  });

test("whatever the engine rotated away, exactly what is left of the rest is taken", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const pieces = modelLog(random, { entries: 200, equalTimes: false });
    const all = assemble(pieces);
    const lost = 1 + Math.floor(random() * 150);
    const left = assemble(pieces.slice(lost));
    // Of a long line whose beginning is gone there is a rest, which is another line than the one that was.
    const shortOnes = (lines: readonly LogLine[]) => linesAsText(lines).filter((line) => / line \d+$/.test(line));
    const kept = new Set(shortOnes(left));
    const heldCount = 1 + Math.floor(random() * 30);
    const position = positionAfter(all.slice(0, heldCount));
    const search = createResume({ position, isWhole: true });
    const found = search.pass(left);
    if (search.state === "found") continue;
    assert.deepEqual(found, []);
    const resume = createResume({ position, isWhole: true, isAnchorGone: true });
    const expected = shortOnes(all.slice(heldCount)).filter((line) => kept.has(line));
    assert.deepEqual(shortOnes(resume.pass(left)), expected, `seed ${seed}`);
  }
});

test("a whole log that begins with what is newer than all that is held lacks the last of it, and all of it is new", () => {
  const position = positionAfter(lines("err 3 z", "out 2 a"));
  const resume = createResume({ position, isWhole: true, isRotating: true });
  const [first, ...rest] = lines("out 4 b", "err 3.9 c", "out 5 d") as [LogLine, LogLine, LogLine];
  resume.start(first);
  assert.equal(resume.gapBefore, first.time);
  assert.deepEqual(resume.pass([first, ...rest]), [first, ...rest]);
  assert.deepEqual(resume.position, positionAfter([...lines("err 3 z", "out 2 a"), first, ...rest]));
});

test("where nothing is ever removed, a log that begins with what is newer was written before a clock was set back", () => {
  const resume = createResume({ position: positionAfter(lines("out 2 c")), isWhole: true });
  const [first, second, held, fresh] = lines("out 4 a", "out 5 b", "out 2 c", "out 3 d") as LogLine[];
  resume.start(first as LogLine);
  assert.equal(resume.gapBefore, undefined);
  assert.deepEqual(resume.pass([first, second, held, fresh] as LogLine[]), [fresh]);
});

for (const first of ["out 2.5 b", "err 3 b", "out 1 b"])
  test(`a whole log that begins with ${first} may have the line at the position yet`, () => {
    const position = positionAfter(lines("err 3 z", "out 2 a"));
    const resume = createResume({ position, isWhole: true, isRotating: true });
    resume.start(lines(first)[0] as LogLine);
    assert.equal(resume.gapBefore, undefined);
    assert.equal(resume.state, "searching");
  });

test("the streams of a position are told apart", () => {
  for (const stream of ["stdout", "stderr"] satisfies LogStream[]) {
    const other = stream === "stdout" ? "err" : "out";
    const own = stream === "stdout" ? "out" : "err";
    const [state, taken] = pass({ held: [`${own} 5 a`], isWhole: true }, `${other} 5 x`, `${own} 5 a`, `${other} 5 y`);
    assert.deepEqual([state, taken], ["found", "y"]);
  }
});
