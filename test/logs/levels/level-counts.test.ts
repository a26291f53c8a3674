import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Level } from "../../../src/logs/levels/level.ts";
import { createLevelCounts, type LevelCounts } from "../../../src/logs/levels/level-counts.ts";
import { createLevelReader } from "../../../src/logs/levels/level-reader.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";

const WEB = { id: "a1", name: "web" };

describe("the lines of a container", () => {
  test("are counted by level, each with the time of its latest line", () => {
    const counts = countsAt(1_795_237_200_000);
    const heard = counts.listen(WEB);
    heard([line({ text: "ERROR a", second: 1 }), line({ text: "INFO b", second: 2 })]);
    heard([line({ text: "ERROR c", second: 3.25 }), line({ text: "no level", second: 4 })]);
    assert.deepEqual(seen(counts), { error: [2, 3.25], info: [1, 2], unknown: [1, 4] });
    assert.equal(counts.of("a1")?.sinceSeconds, 1_795_237_200);
  });

  test("have no level before the first, and with it a count of 0 and no time at each level that it has not", () => {
    const counts = countsAt(0);
    const heard = counts.listen(WEB);
    heard([]);
    assert.deepEqual(counts.of("a1")?.levels, []);
    heard([line({ text: "INFO", second: 1 })]);
    assert.deepEqual(
      counts
        .of("a1")
        ?.levels.map(({ level, lines, latestTimeSeconds }) => [level, lines, latestTimeSeconds !== undefined]),
      ["trace", "debug", "info", "warning", "error", "critical", "unknown"].map((level) =>
        level === "info" ? [level, 1, true] : [level, 0, false],
      ),
    );
    assert.equal(counts.of("b2"), undefined);
  });

  test("of which a later one has an earlier time leave the latest time as it is", () => {
    const counts = countsAt(0);
    counts.listen(WEB)([line({ text: "INFO", second: 5 }), line({ text: "INFO", second: 4, stream: "stderr" })]);
    assert.deepEqual(seen(counts), { info: [2, 5] });
  });

  test("count once when they come in parts, with the level of the first part", () => {
    const counts = countsAt(0);
    const heard = counts.listen(WEB);
    heard([
      line({ text: "WARN begins", second: 1, isPart: true }),
      line({ text: "ERROR else", second: 1, stream: "stderr" }),
    ]);
    heard([line({ text: "ERROR goes on", second: 1, isPart: true })]);
    heard([line({ text: "ERROR ends", second: 1 }), line({ text: "INFO", second: 2 })]);
    assert.deepEqual(seen(counts), { warning: [1, 1], error: [1, 1], info: [1, 2] });
  });

  test("are counted on when it is read anew, under another name too", () => {
    const counts = countsAt(0);
    counts.listen(WEB)([line({ text: "INFO", second: 1 })]);
    counts.listen({ ...WEB, name: "old-web" })([line({ text: "INFO", second: 2 })]);
    assert.deepEqual(seen(counts), { info: [2, 2] });
  });

  test("are forgotten with it", () => {
    const counts = countsAt(0);
    const heard = counts.listen(WEB);
    counts.listen({ id: "b2", name: "db" });
    counts.keepOnly(new Set(["b2"]));
    heard([line({ text: "INFO", second: 1 })]);
    assert.equal(counts.of("a1"), undefined);
    assert.ok(counts.of("b2"));
  });
});

function countsAt(nowMs: number): LevelCounts {
  return createLevelCounts({ levelsOf: createLevelReader(), nowMs: () => nowMs });
}

/** Levels that have lines: their number, and the second of the latest. */
function seen(counts: LevelCounts): Partial<Record<Level, [number, number]>> {
  const levels = (counts.of("a1")?.levels ?? []).filter(({ lines }) => lines > 0);
  return Object.fromEntries(
    levels.map(({ level, lines, latestTimeSeconds = 0 }) => [
      level,
      [lines, Math.round((latestTimeSeconds % 60) * 1000) / 1000],
    ]),
  );
}

function line({ text, second, ...others }: Partial<LogLine> & { text: string; second: number }): LogLine {
  const time = `2026-11-21T05:00:${second.toFixed(9).padStart(12, "0")}Z`;
  return { stream: "stdout", time, bytes: Buffer.from(text), isPart: false, ...others };
}
