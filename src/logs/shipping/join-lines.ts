import type { LogLine, LogStream } from "../log-line.ts";
import { isBefore, type ShipPosition } from "./ship-position.ts";

/** Lines that make one record, all of one stream: mostly one. */
export type LineGroup = readonly LogLine[];

export interface JoinRules {
  /** Whether a line goes on with what the one before it began. */
  readonly continues: (line: Buffer) => boolean;
  readonly maxLines: number;
  /** From the first line of a record to its last, by the engine's clock; and how long the next is waited for. */
  readonly maxMs: number;
}

export interface LineJoiner {
  /** Gives each record that is complete now; `begin` is where the line begins. */
  add(line: LogLine, begin: ShipPosition, nowMs: number, onGroup: (group: LineGroup) => void): void;
  /** At the end of what there is: those that have waited long enough. */
  expire(nowMs: number, onGroup: (group: LineGroup) => void): void;
  /** Where the oldest line begins that is held back. */
  heldFrom(): ShipPosition | undefined;
  /** When the next is to expire. */
  dueAtMs(): number | undefined;
}

/** Beyond this, the lines of a record are long enough alone. */
const MAX_BYTES = 256 * 1024;

interface OpenGroup {
  readonly lines: LogLine[];
  readonly begin: ShipPosition;
  readonly openedAtMs: number;
  bytes: number;
}

/** Puts the lines of a stack trace together, each stream for itself. A line in parts stays alone. */
export function createLineJoiner({ continues, maxLines, maxMs }: JoinRules): LineJoiner {
  const open = new Map<LogStream, OpenGroup>();
  const isWithinParts: Record<LogStream, boolean> = { stdout: false, stderr: false };

  function close(stream: LogStream, onGroup: (group: LineGroup) => void) {
    const group = open.get(stream);
    open.delete(stream);
    if (group) onGroup(group.lines);
  }

  return {
    add(line, begin, nowMs, onGroup) {
      const { stream, bytes, isPart } = line;
      const group = open.get(stream);
      if (isPart || isWithinParts[stream]) {
        isWithinParts[stream] = isPart;
        close(stream, onGroup);
        return onGroup([line]);
      }
      const hasRoom = group && group.lines.length < maxLines && group.bytes + bytes.length <= MAX_BYTES;
      if (hasRoom && continues(bytes) && msBetween(group.lines[0]?.time, line.time) <= maxMs) {
        group.lines.push(copied(line));
        group.bytes += bytes.length;
        return;
      }
      close(stream, onGroup);
      open.set(stream, { lines: [copied(line)], begin, openedAtMs: nowMs, bytes: bytes.length });
    },
    expire(nowMs, onGroup) {
      for (const [stream, { openedAtMs }] of [...open]) if (nowMs - openedAtMs >= maxMs) close(stream, onGroup);
    },
    heldFrom() {
      let first: ShipPosition | undefined;
      for (const { begin } of open.values()) if (first === undefined || isBefore(begin, first)) first = begin;
      return first;
    },
    dueAtMs() {
      let due: number | undefined;
      for (const { openedAtMs } of open.values()) due = Math.min(due ?? Number.POSITIVE_INFINITY, openedAtMs + maxMs);
      return due;
    },
  };
}

/** Indented lines, and those that Java begins further causes with. */
export function isIndented(line: Buffer): boolean {
  return (
    line[0] === SPACE || line[0] === TAB || (line[0] === CAPITAL_C && line.toString("latin1", 0, 10) === "Caused by:")
  );
}

const [TAB, SPACE, CAPITAL_C] = [9, 32, 67];

/** A line that is held back must not hold all that was read with it. */
function copied(line: LogLine): LogLine {
  return { ...line, bytes: Buffer.from(line.bytes) };
}

/** Of `raw` no times are known. */
function msBetween(first = "", last: string): number {
  return first === "" || last === "" ? 0 : Date.parse(last) - Date.parse(first);
}
