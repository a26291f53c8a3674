import assert from "node:assert/strict";
import { test } from "node:test";
import { createBell } from "../../../src/kit/bell.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { type Stage, startStage, texts } from "./stage.ts";

/** 1,000 entries of the simulated engine's fill a file. */
const LINE = "x".repeat(975);
const LINES_A_FILE = 1_000;
const FILES = 3;
const LOG = { logOptions: { "max-size": "1m", "max-file": String(FILES) } };
/** Before it is left, a follow gives no more of them: 256 KiB within a second, and what is handed on at once. */
const FOLLOWED_LINES = 350;
const ROTATING = { rotation: { fileBytes: 1024 ** 2, isOpenedAhead: true } };
const GONE = "warn: Lines of a container's log were gone before they could be read";

for (const engineVersion of ["20.10.24", "28.5.2"]) {
  async function onStage(work: (stage: Stage) => Promise<void>) {
    const stage = await startStage({ engineVersion });
    try {
      await work(stage);
    } finally {
      await stage.close();
    }
  }

  test(`${engineVersion}: a burst that the driver's files have room for loses nothing, however slowly it is read`, () =>
    onStage(async (stage) => {
      const id = stage.containers.run(LOG);
      const scene = await followedAt(stage, id);
      scene.hold({ after: 0 });
      const lines = printed(stage, id, 0, (FILES - 0.5) * LINES_A_FILE);
      scene.release();
      await eventually(() => scene.taken.length === 1 + lines.length);
      assert.deepEqual(numbersOf(scene.taken), lines);
      await scene.stop();
      assert.deepEqual(stage.telemetry.counted(), {});
    }));

  test(`${engineVersion}: what the driver removes while its log is read was opened before, and is read all the same`, () =>
    onStage(async (stage) => {
      const id = stage.containers.run(LOG);
      const scene = await followedAt(stage, id);
      scene.hold({ after: FOLLOWED_LINES });
      const lines = printed(stage, id, 0, LINES_A_FILE);
      // Each time so much that the files have all of it and a rest of what was there before.
      for (let burst = 1; burst <= 8; burst++) {
        await scene.untilOpenedAhead();
        lines.push(...printed(stage, id, lines.length, 2 * LINES_A_FILE));
      }
      scene.release();
      await eventually(() => scene.taken.length === 1 + lines.length);
      assert.deepEqual(numbersOf(scene.taken), lines);
      await scene.stop();
      assert.deepEqual(stage.telemetry.aloud(), []);
    }));

  test(`${engineVersion}: of a container that is removed, what was opened before is read to its end`, () =>
    onStage(async (stage) => {
      const id = stage.containers.run(LOG);
      const scene = await followedAt(stage, id);
      scene.hold({ after: FOLLOWED_LINES });
      const lines = printed(stage, id, 0, LINES_A_FILE);
      await scene.untilOpenedAhead();
      lines.push(...printed(stage, id, lines.length, 2 * LINES_A_FILE));
      await scene.untilOpenedAhead();
      stage.containers.remove(id);
      scene.release();
      assert.deepEqual(await scene.end, { kind: "removed" });
      assert.deepEqual(numbersOf(scene.taken), lines);
    }));

  test(`${engineVersion}: what is gone for certain is counted each time, said once with its bounds, and the rest is in order`, () =>
    onStage(async (stage) => {
      const id = stage.containers.run(LOG);
      const taken: LogLine[] = [];
      let printedLines = 0;
      for (let gaps = 1; gaps <= 2; gaps++) {
        printedLines += printed(stage, id, printedLines, 1).length;
        const first = stage.follow(id, taken, ROTATING);
        await eventually(() => numbersOf(taken).at(-1) === printedLines - 1);
        await first.stop();
        printedLines += printed(stage, id, printedLines, 5 * LINES_A_FILE).length;
        const second = stage.follow(id, taken, ROTATING);
        await eventually(() => numbersOf(taken).at(-1) === printedLines - 1);
        await second.stop();
        assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, gaps);
      }
      const numbers = numbersOf(taken);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
      // Of each gap the files that were left: two full ones at least.
      assert.ok(numbers.length >= 2 * (FILES - 1) * LINES_A_FILE, `${numbers.length} lines`);
      assert.deepEqual(stage.telemetry.aloud(), [GONE, GONE]);
    }));
}

/** A follower at the head of the log, whose lines can be held up. */
async function followedAt(stage: Stage, id: string) {
  const taken: LogLine[] = [];
  let holdAfter = Number.POSITIVE_INFINITY;
  const released = createBell();
  const { end, stop } = stage.follow(id, taken, {
    ...ROTATING,
    async onLines(lines) {
      taken.push(...lines.map((line) => ({ ...line, bytes: Buffer.from(line.bytes) })));
      if (taken.length > holdAfter) await released.heard(60_000, new AbortController().signal);
    },
  });
  stage.containers.print(id, { bytes: "begun\n" });
  await eventually(() => stage.requests.entries.at(-1)?.url.includes("follow=1"));
  await eventually(() => taken.length === 1);
  return {
    taken,
    end,
    stop,
    hold({ after }: { after: number }) {
      holdAfter = taken.length + after;
    },
    release() {
      holdAfter = Number.POSITIVE_INFINITY;
      released.ring();
    },
    /** All that is there by now. */
    async untilOpenedAhead() {
      const opened = () => stage.requests.entries.filter(({ url }) => /follow=0&tail=all/.test(url)).length;
      const before = opened();
      // One that is under way now may have been asked for too early.
      await eventually(() => opened() >= before + 2);
    },
  };
}

/** Lines with numbers, which it gives. */
function printed(stage: Stage, id: string, from: number, count: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  for (const number of numbers) stage.containers.print(id, { bytes: `${number} ${LINE}\n` });
  return numbers;
}

function numbersOf(taken: readonly LogLine[]): number[] {
  return texts(taken)
    .filter((text) => text !== "begun")
    .map((text) => Number.parseInt(text, 10));
}
