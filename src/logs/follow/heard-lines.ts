import { createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import { newestHeld } from "../resume/newest-held.ts";
import { type FirstEntry, toldBefore } from "../resume/told-lines.ts";
import type { HeardRoom } from "./heard-room.ts";

/** What a follow told that is not known to be held, for when nothing else has it any more. */
export interface HeardLines {
  /** Their bytes are not written over any more. */
  add(lines: readonly LogLine[]): void;
  /** No more will come. */
  end(): void;
  readonly count: number;
  /** Waits while there is no room for more. */
  untilRoom(signal: AbortSignal): Promise<void>;
  /** Waits until nothing more was told for so long, or half of what there is room for was told. */
  untilPause(within: { readonly pauseMs: number; readonly withinMs: number }, signal: AbortSignal): Promise<void>;
  /** Waits until it was told what is not older than that time, if that does not take long. */
  untilToldOf(time: string, signal: AbortSignal): Promise<void>;
  /** Gives what lies between the position and the entry with which the log begins, and keeps nothing that is older. */
  takeBefore(first: FirstEntry, position: LogPosition): readonly LogLine[];
  /** Lets go of what is held at that position, of those that were told first. */
  letGoOfHeld(position: LogPosition | undefined, count: number): void;
  takeAll(): LogLine[];
  /** Keeps nothing. */
  close(): void;
}

/** Each log may keep so much, past which further ones wait in the engine, */
const OWN_BYTES = 1024 * 1024;
/** or so much while others need little: of a burst over 100k x 3 that is 12,000 lines, a tenth of a second (28.5.2). */
const MOST_BYTES = 4 * 1024 * 1024;
/** What a line takes beside its text, about. */
const LINE_BYTES = 256;
const LOOK_AGAIN_MS = 250;
/** What lags behind a snapshot is likely to be there by then. */
const LAG_MS = 250;

export function createHeardLines(room: HeardRoom): HeardLines {
  const told = createBell();
  const taken = createBell();
  let lines: LogLine[] = [];
  let bytes = 0;
  let borrowedBytes = 0;
  let added = 0;
  let newest = "";
  let isOver = false;
  /** It was waited for in vain, and nothing came since. */
  let isSilent = false;

  function keepOnly(kept: LogLine[]) {
    lines = kept;
    bytes = kept.reduce((sum, line) => sum + sizeOf(line), 0);
    const unneeded = borrowedBytes - Math.max(0, bytes - OWN_BYTES);
    if (unneeded > 0) {
      room.leave(unneeded);
      borrowedBytes -= unneeded;
    }
    taken.ring();
  }

  function findsNoRoom() {
    const lacking = bytes - OWN_BYTES - borrowedBytes;
    if (lacking <= 0) return false;
    if (bytes > MOST_BYTES || !room.take(lacking)) return true;
    borrowedBytes += lacking;
    return false;
  }

  return {
    add(more) {
      for (const line of more) {
        lines.push(line);
        bytes += sizeOf(line);
        if (line.time > newest) newest = line.time;
      }
      added += more.length;
      isSilent = false;
      told.ring();
    },
    end() {
      isOver = true;
      told.ring();
    },
    get count() {
      return lines.length;
    },
    async untilRoom(signal) {
      while (findsNoRoom() && !signal.aborted) await taken.heard(LOOK_AGAIN_MS, signal);
    },
    async untilPause({ pauseMs, withinMs }, signal) {
      const untilMs = performance.now() + withinMs;
      for (let before = -1; before !== added && performance.now() < untilMs; ) {
        if (isOver || signal.aborted || bytes > MOST_BYTES / 2 || findsNoRoom()) return;
        before = added;
        await wait(pauseMs, signal);
      }
    },
    async untilToldOf(time, signal) {
      const untilMs = performance.now() + LAG_MS;
      const isWanted = () => newest < time && !isOver && !isSilent && !findsNoRoom() && !signal.aborted;
      while (isWanted()) {
        const leftMs = untilMs - performance.now();
        if (leftMs > 0) await told.heard(leftMs, signal);
        else isSilent = true;
      }
    },
    takeBefore(first, position) {
      const before = toldBefore(lines, first, position);
      keepOnly(lines.filter(({ time }) => time >= first.time));
      return before;
    },
    letGoOfHeld(position, count) {
      if (position === undefined) return;
      const at = placeOf(position, lines, count);
      const isKept = ({ stream, time }: LogLine, index: number) =>
        at < 0 ? index >= count || time > newestHeld(stream, position) : index >= at;
      keepOnly(lines.filter(isKept));
    },
    takeAll() {
      const all = lines;
      keepOnly([]);
      return all;
    },
    close: () => keepOnly([]),
  };
}

/** Of the line at the position, with those of its time before it, by which it is found again whatever the clock says. */
function placeOf({ stream, time }: LogPosition, lines: readonly LogLine[], count: number): number {
  const isThere = (line: LogLine) => line.stream === stream && line.time === time;
  // It may have been told again (20.10.24, at a rotation), with others before it.
  let at = lines.slice(0, count).findLastIndex(isThere);
  if (at < 0) at = lines.findIndex(isThere);
  while (lines[at - 1]?.time === time) at--;
  return at;
}

function sizeOf({ bytes }: LogLine): number {
  return bytes.length + LINE_BYTES;
}
