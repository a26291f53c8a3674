import type { LogLine, LogPosition, LogStream } from "../log-line.ts";

/** The position as it goes on with each line, skipped or taken. */
export interface Held {
  /** Counts a line that is held already. Returns how many of its time and stream there were by now. */
  skip(line: LogLine): number;
  take(line: LogLine): void;
  /** Whether the line is not newer than the last of its stream that was counted, and no further part of it. */
  isReplay(line: LogLine): boolean;
  readonly position: LogPosition | undefined;
}

interface Tail {
  time: string;
  count: number;
  newest: string | undefined;
  isPart: boolean;
  /** Counting begins anew in each reading: at the position's line it comes to the position's count. */
  isCounted: boolean;
}

export function createHeld(start: LogPosition | undefined): Held {
  return new HeldTails(start);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class HeldTails implements Held {
  readonly #start: LogPosition | undefined;
  readonly #stdout: Tail;
  readonly #stderr: Tail;
  #last: LogStream | undefined;
  #isMoved = false;

  constructor(start: LogPosition | undefined) {
    this.#start = start;
    this.#stdout = newTail(start?.newest.stdout);
    this.#stderr = newTail(start?.newest.stderr);
    if (start) Object.assign(this.#tailOf(start.stream), { time: start.time, count: start.count });
    this.#last = start?.stream;
  }

  skip(line: LogLine): number {
    return this.#count(line).count;
  }

  take(line: LogLine): void {
    this.#count(line);
    this.#last = line.stream;
    this.#isMoved = true;
  }

  isReplay({ stream, time }: LogLine): boolean {
    const { time: last, isCounted, isPart } = this.#tailOf(stream);
    return isCounted && (time < last || (time === last && !isPart));
  }

  get position(): LogPosition | undefined {
    if (!this.#isMoved || this.#last === undefined) return this.#start;
    const { time, count } = this.#tailOf(this.#last);
    return { time, stream: this.#last, count, newest: { stdout: this.#stdout.newest, stderr: this.#stderr.newest } };
  }

  #tailOf(stream: LogStream): Tail {
    return stream === "stdout" ? this.#stdout : this.#stderr;
  }

  #count({ stream, time, isPart }: LogLine): Tail {
    const tail = this.#tailOf(stream);
    if (tail.time === time && tail.isCounted) tail.count += 1;
    else {
      tail.time = time;
      tail.count = 1;
      tail.isCounted = true;
    }
    tail.isPart = isPart;
    if (tail.newest === undefined || time > tail.newest) tail.newest = time;
    return tail;
  }
}

function newTail(newest: string | undefined): Tail {
  return { time: "", count: 0, newest, isPart: false, isCounted: false };
}
