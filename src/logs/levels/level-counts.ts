import type { LogLine, LogStream } from "../log-line.ts";
import { LEVELS, type Level } from "./level.ts";
import type { LineLevel } from "./level-reader.ts";
import type { LevelContainer } from "./level-rules.ts";

export interface LevelCount {
  readonly level: Level;
  readonly lines: number;
  /** Seconds since the epoch, by the engine's clock; absent before the first line. */
  readonly latestTimeSeconds: number | undefined;
}

/** What was counted of one container's lines. */
export interface LoggedLines {
  /** Seconds since the epoch: when the counting began. */
  readonly sinceSeconds: number;
  /**
   * None before the first line: of 1,000 idle containers it would be 7,000 series. Then of every level, also of those that
   * no line had: a series that begins at its first error would hide it from rate().
   */
  readonly levels: readonly LevelCount[];
}

export interface LevelCounts {
  /** Counts lines of the container, on from what was counted of it before. */
  listen(container: LevelContainer & { readonly id: string }): (lines: readonly LogLine[]) => void;
  of(containerId: string): LoggedLines | undefined;
  /** Forgets all other containers. */
  keepOnly(containerIds: ReadonlySet<string>): void;
}

export interface LevelCountsParts {
  readonly levelsOf: (container: LevelContainer) => LineLevel;
  /** A test's own. */
  readonly nowMs?: () => number;
}

/** Lines by level for each container, and the time of the latest of each. */
export function createLevelCounts({ levelsOf, nowMs = Date.now }: LevelCountsParts): LevelCounts {
  const counted = new Map<string, Counted>();
  return {
    listen(container) {
      const known = counted.get(container.id) ?? newlyCounted(nowMs() / 1000);
      counted.set(container.id, known);
      return counter(known, levelsOf(container));
    },
    of(containerId) {
      const known = counted.get(containerId);
      if (known === undefined) return undefined;
      const levels = known.isBegun ? LEVELS.map((level) => countOf(known, level)) : [];
      return { sinceSeconds: known.sinceSeconds, levels };
    },
    keepOnly(containerIds) {
      for (const id of counted.keys()) if (!containerIds.has(id)) counted.delete(id);
    },
  };
}

interface Counted {
  readonly sinceSeconds: number;
  isBegun: boolean;
  readonly lines: Record<Level, number>;
  /** As the engine tells times, which sort as texts: one is read as a number only when somebody asks. */
  readonly latest: Record<Level, string>;
}

function newlyCounted(sinceSeconds: number): Counted {
  const lines = { trace: 0, debug: 0, info: 0, warning: 0, error: 0, critical: 0, unknown: 0 };
  const latest = { trace: "", debug: "", info: "", warning: "", error: "", critical: "", unknown: "" };
  return { sinceSeconds, isBegun: false, lines, latest };
}

/** A line in parts counts once, with the level of its first. */
function counter(counted: Counted, levelOf: LineLevel): (lines: readonly LogLine[]) => void {
  const { lines: counts, latest } = counted;
  const isWithin: Record<LogStream, boolean> = { stdout: false, stderr: false };
  return (lines) => {
    counted.isBegun ||= lines.length > 0;
    for (const { stream, time, bytes, isPart } of lines) {
      if (!isWithin[stream]) {
        const level = levelOf(bytes, stream);
        counts[level]++;
        if (time > latest[level]) latest[level] = time;
      }
      isWithin[stream] = isPart;
    }
  };
}

function countOf({ lines, latest }: Counted, level: Level): LevelCount {
  const timeMs = Date.parse(latest[level]);
  return { level, lines: lines[level], latestTimeSeconds: Number.isNaN(timeMs) ? undefined : timeMs / 1000 };
}
