import assert from "node:assert/strict";
import { test } from "node:test";
import { createHeardLines, type HeardLines } from "../../../src/logs/follow/heard-lines.ts";
import { createHeardRoom } from "../../../src/logs/follow/heard-room.ts";
import type { LogLine, LogPosition } from "../../../src/logs/log-line.ts";
import { timeAt } from "../log-bytes.ts";

const NEVER = new AbortController().signal;

function line(seconds: number, bytes = Buffer.from(`${seconds}`)): LogLine {
  return { stream: "stdout", time: timeAt(seconds * 1e9), bytes, isPart: false };
}

function at(seconds: number, newestSeconds = seconds): LogPosition {
  return { time: timeAt(seconds * 1e9), stream: "stdout", count: 1, newest: { stdout: timeAt(newestSeconds * 1e9) } };
}

function heard(...seconds: number[]) {
  const lines = createHeardLines(createHeardRoom({ mostBytes: 0 }));
  lines.add(seconds.map((second) => line(second)));
  return lines;
}

const numbers = (lines: readonly LogLine[]) => lines.map(({ bytes }) => Number(bytes.toString()));

test("what was told and is held is let go of, and what is newer stays: an answer may end early as if complete", () => {
  const lines = heard(1, 2, 3, 4);
  lines.letGoOfHeld(at(2), 4);
  // With the line at the position, from which it goes on.
  assert.deepEqual(numbers(lines.takeAll()), [2, 3, 4]);
});

test("where the line at the position was not told, the times tell what is held, of what was told before it was read", () => {
  const lines = heard(1, 2, 4, 1.5);
  lines.letGoOfHeld(at(3), 3);
  assert.deepEqual(numbers(lines.takeAll()), [4, 1.5]);
});

test("a clock that was set back lets go of nothing that follows the line at the position", () => {
  const lines = heard(8, 9, 3, 4, 5);
  lines.letGoOfHeld(at(4, 9), 5);
  assert.deepEqual(numbers(lines.takeAll()), [4, 5]);
});

test("lines of the position's time stay together, since they are counted", () => {
  const lines = heard(1, 2, 2, 2, 3);
  lines.letGoOfHeld({ ...at(2), count: 2 }, 5);
  assert.deepEqual(numbers(lines.takeAll()), [2, 2, 2, 3]);
});

test("of a line that was told again, with others, the last counts", () => {
  const lines = heard(1, 2, 3, 1, 2, 3, 4);
  lines.letGoOfHeld(at(3), 6);
  assert.deepEqual(numbers(lines.takeAll()), [3, 4]);
});

test("before the first entry of a log each is given once, and what is not older than it stays", () => {
  const lines = heard(1, 2, 3, 4);
  const first = { stream: "stdout", time: line(3).time } as const;
  assert.deepEqual(numbers(lines.takeBefore(first, at(1))), [2]);
  assert.deepEqual(numbers(lines.takeBefore(first, at(2))), []);
  assert.deepEqual(numbers(lines.takeAll()), [3, 4]);
});

test("a mebibyte of it makes others wait, until some is taken or held", async () => {
  const lines = createHeardLines(createHeardRoom({ mostBytes: 0 }));
  lines.add([line(1, Buffer.alloc(600_000)), line(2, Buffer.alloc(600_000))]);
  let isRoom = false;
  const waiting = lines.untilRoom(NEVER).then(() => {
    isRoom = true;
  });
  await Promise.resolve();
  assert.equal(isRoom, false);
  lines.letGoOfHeld(at(1.5), 2);
  await waiting;
  assert.equal(lines.count, 1);
});

test("beyond a mebibyte all share what there is, four times as much each, and give back what they need no more", async () => {
  const room = createHeardRoom({ mostBytes: 5_000_000 });
  const [one, two] = [createHeardLines(room), createHeardLines(room)];
  let isRoom = false;
  const untilRoomOf = (lines: HeardLines) =>
    lines.untilRoom(NEVER).then(() => {
      isRoom = true;
    });
  one.add([line(1, Buffer.alloc(4_000_000))]);
  await untilRoomOf(one);
  assert.equal(isRoom, true);
  isRoom = false;
  one.add([line(2, Buffer.alloc(500_000))]);
  const tooMuch = untilRoomOf(one);
  await Promise.resolve();
  assert.equal(isRoom, false);
  one.takeAll();
  await tooMuch;
  for (const makeRoom of [() => one.letGoOfHeld(at(2), 1), () => one.close()]) {
    isRoom = false;
    two.takeAll();
    one.takeAll();
    one.add([line(1, Buffer.alloc(4_000_000))]);
    await one.untilRoom(NEVER);
    two.add([line(1, Buffer.alloc(4_000_000))]);
    const waiting = untilRoomOf(two);
    await Promise.resolve();
    assert.equal(isRoom, false);
    makeRoom();
    await waiting;
  }
});

test("a follow that goes on telling is left alone until it pauses, or half of the room is taken, or for long enough", async () => {
  const lines = heard(1);
  const untilPaused = (withinMs: number) => lines.untilPause({ pauseMs: 1, withinMs }, NEVER);
  await untilPaused(60_000);
  let isTelling = true;
  const telling = (async () => {
    for (let second = 2; isTelling; second++) {
      lines.takeAll();
      lines.add([line(second)]);
      await new Promise(setImmediate);
    }
  })();
  await untilPaused(30);
  isTelling = false;
  await telling;
  lines.add([line(1, Buffer.alloc(2_000_000))]);
  await lines.untilPause({ pauseMs: 60_000, withinMs: 60_000 }, NEVER);
});

test("what lags behind a log is waited for until it comes, or no more can", async () => {
  for (const comes of [
    (lines: ReturnType<typeof heard>) => lines.add([line(3)]),
    (lines: ReturnType<typeof heard>) => lines.add([line(2, Buffer.alloc(5_000_000))]),
    (lines: ReturnType<typeof heard>) => lines.end(),
  ]) {
    const lines = heard(1);
    let isTold = false;
    const waiting = lines.untilToldOf(line(3).time, NEVER).then(() => {
      isTold = true;
    });
    await Promise.resolve();
    assert.equal(isTold, false);
    comes(lines);
    await waiting;
  }
});

test("a follow that was waited for in vain is not waited for again before it told something", async () => {
  const lines = heard(1);
  await lines.untilToldOf(line(3).time, NEVER);
  let isOver = false;
  void lines.untilToldOf(line(3).time, NEVER).then(() => {
    isOver = true;
  });
  await Promise.resolve();
  assert.equal(isOver, true);
  lines.add([line(2)]);
  isOver = false;
  const waiting = lines.untilToldOf(line(3).time, NEVER).then(() => {
    isOver = true;
  });
  await Promise.resolve();
  assert.equal(isOver, false);
  lines.end();
  await waiting;
});
