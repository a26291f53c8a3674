import type { LogLine, LogPosition, LogStream } from "../log-line.ts";
import { newestHeld } from "./newest-held.ts";

/** An entry with which a log begins that lacks what came before. */
export interface FirstEntry {
  readonly stream: LogStream;
  readonly time: string;
}

/**
 * Of what a follow told, in its order, that which the log had before its first entry, and which is not held: each once, also
 * where the follow told it again (20.10.24, at a rotation). It may still have passed over some (28.5.2).
 */
export function toldBefore(told: readonly LogLine[], first: FirstEntry, position: LogPosition): LogLine[] {
  const at = told.findIndex(({ stream, time }) => stream === first.stream && time === first.time);
  const newest = { stdout: newestHeld("stdout", position), stderr: newestHeld("stderr", position) };
  const isWithin = { stdout: false, stderr: false };
  const before: LogLine[] = [];
  for (const line of at < 0 ? told : told.slice(0, at)) {
    const { stream, time, isPart } = line;
    // Of one that did not come to that entry, or not by it, only the times tell what lies before.
    if (at < 0 && time >= first.time) continue;
    // Another of the same time may as well be the same again.
    const isNew = time > newest[stream] || (time === newest[stream] && isWithin[stream]);
    if (!isNew) continue;
    newest[stream] = time;
    isWithin[stream] = isPart;
    before.push(line);
  }
  return before;
}

/** Lines that come before all of a reading, though it may have some of them too. */
export interface ToldLines {
  /** Them, the first time. */
  take(): LogLine[] | undefined;
  /** Whether it is one of them: between the streams the order is not that of the times, but in each it is. */
  isAgain(line: LogLine): boolean;
}

export function createToldLines(lines: readonly LogLine[], first: FirstEntry): ToldLines {
  const times = lines.filter(({ stream }) => stream !== first.stream).map(({ time }) => time);
  let untaken: LogLine[] | undefined = [...lines];
  let next = 0;
  return {
    take() {
      const taken = untaken;
      untaken = undefined;
      return taken;
    },
    isAgain({ stream, time }) {
      if (stream === first.stream || times.length === 0) return false;
      while ((times[next] ?? time) < time) next++;
      const isAgain = times[next] === time;
      if (isAgain) next++;
      if (next === times.length) times.length = next = 0;
      return isAgain;
    },
  };
}
