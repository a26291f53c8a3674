import type { LogLine, LogPosition, LogStream } from "../log-line.ts";

/** The position as it goes on with each line, skipped or taken. */
export interface Held {
  /** Counts a line that is held already. Returns how many of its time and stream there were by now. */
  skip(line: LogLine): number;
  take(line: LogLine): void;
  /** Whether the line is not newer than the last of its stream, and no further part of it. */
  isReplay(line: LogLine): boolean;
  readonly position: LogPosition | undefined;
}

interface Tail {
  time: string;
  count: number;
  newest: string | undefined;
  isPart: boolean;
}

export function createHeld(start: LogPosition | undefined): Held {
  const tails: { readonly [Stream in LogStream]: Tail } = {
    stdout: { time: "", count: 0, newest: start?.newest.stdout, isPart: false },
    stderr: { time: "", count: 0, newest: start?.newest.stderr, isPart: false },
  };
  if (start) Object.assign(tails[start.stream], { time: start.time, count: start.count });
  /** Counting begins anew in each reading: at the position's line it comes to the position's count. */
  const counted: { [Stream in LogStream]: boolean } = { stdout: false, stderr: false };
  let last: LogStream | undefined = start?.stream;
  let isMoved = false;

  function count({ stream, time, isPart }: LogLine): Tail {
    const tail = tails[stream];
    if (tail.time === time && counted[stream]) tail.count += 1;
    else {
      tail.time = time;
      tail.count = 1;
      counted[stream] = true;
    }
    tail.isPart = isPart;
    return tail;
  }

  return {
    skip: (line) => count(line).count,
    take(line) {
      const tail = count(line);
      if (tail.newest === undefined || line.time > tail.newest) tail.newest = line.time;
      last = line.stream;
      isMoved = true;
    },
    isReplay({ stream, time }) {
      const { newest, isPart } = tails[stream];
      return newest !== undefined && (time < newest || (time === newest && !isPart));
    },
    get position() {
      if (!isMoved || last === undefined) return start;
      const { time, count } = tails[last];
      return { time, stream: last, count, newest: { stdout: tails.stdout.newest, stderr: tails.stderr.newest } };
    },
  };
}
