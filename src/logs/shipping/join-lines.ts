import type { LogLine, LogStream } from "../log-line.ts";
import type { HeldBack, JoinRoom } from "./join-room.ts";
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
  /** Those for which there is no more room: before anything is added, since they were read long ago. */
  giveOverdue(onGroup: (group: LineGroup) => void): void;
  /** At the end of what there is: those that have waited long enough. */
  expire(nowMs: number, onGroup: (group: LineGroup) => void): void;
  /** Where the oldest line begins that is held back. */
  heldFrom(): ShipPosition | undefined;
  /** When the next is to expire. */
  dueAtMs(): number | undefined;
  /** Forgets what it holds back: it is read again. */
  drop(): void;
}

export interface JoinerPlace {
  /** Whose lines these are. */
  readonly key: string;
  readonly room: JoinRoom;
}

/** Beyond this, the lines of a record are long enough alone. */
const MAX_BYTES = 256 * 1024;

interface OpenGroup extends HeldBack {
  readonly lines: LogLine[];
  readonly begin: ShipPosition;
  readonly openedAtMs: number;
}

/** Puts the lines of a stack trace together, each stream for itself. A line in parts stays alone. */
export function createLineJoiner({ continues, maxLines, maxMs }: JoinRules, { key, room }: JoinerPlace): LineJoiner {
  const open = new Map<LogStream, OpenGroup>();
  const isWithinParts: Record<LogStream, boolean> = { stdout: false, stderr: false };

  function close(stream: LogStream, onGroup: (group: LineGroup) => void) {
    const group = open.get(stream);
    if (group === undefined) return;
    open.delete(stream);
    room.leave(group);
    onGroup(group.lines);
  }

  function closeIf(isWanted: (group: OpenGroup) => boolean, onGroup: (group: LineGroup) => void) {
    for (const [stream, group] of [...open]) if (isWanted(group)) close(stream, onGroup);
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
      if (hasRoom && !group.isOverdue && continues(bytes) && msBetween(group.lines[0]?.time, line.time) <= maxMs) {
        group.lines.push(copied(line));
        room.take(group, bytes.length);
        return;
      }
      close(stream, onGroup);
      const begun = { key, lines: [copied(line)], begin, openedAtMs: nowMs, bytes: 0, isOverdue: false };
      open.set(stream, begun);
      room.take(begun, bytes.length);
    },
    giveOverdue(onGroup) {
      closeIf(({ isOverdue }) => isOverdue, onGroup);
    },
    expire(nowMs, onGroup) {
      closeIf(({ openedAtMs, isOverdue }) => isOverdue || nowMs - openedAtMs >= maxMs, onGroup);
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
    drop() {
      for (const group of open.values()) room.leave(group);
      open.clear();
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
