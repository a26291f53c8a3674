import type { LogPosition, LogStream } from "../log-line.ts";
import type { RecordKey } from "./line-formats.ts";

interface HeldStream {
  /** Of its last line. */
  readonly time: string;
  /** Lines of that time in a row. */
  readonly count: number;
  readonly newest: string;
}

/** What the files hold of a container, as far as a resume needs it: also what the next line's count starts from. */
export interface HeldState {
  readonly last: LogStream;
  readonly stdout?: HeldStream | undefined;
  readonly stderr?: HeldStream | undefined;
}

export interface HeldLines {
  add(line: RecordKey): void;
  state(): HeldState | undefined;
}

/** Follows what is written, line by line. */
export function createHeldLines(from?: HeldState): HeldLines {
  return new WrittenLines(from);
}

class WrittenLines implements HeldLines {
  #last: LogStream | undefined;
  readonly #stdout: { -readonly [Key in keyof HeldStream]: HeldStream[Key] };
  readonly #stderr: { -readonly [Key in keyof HeldStream]: HeldStream[Key] };

  constructor(from: HeldState | undefined) {
    this.#last = from?.last;
    this.#stdout = opened(from?.stdout);
    this.#stderr = opened(from?.stderr);
  }

  add({ stream, time }: RecordKey): void {
    this.#last = stream;
    const held = stream === "stdout" ? this.#stdout : this.#stderr;
    if (held.time === time) {
      held.count++;
      return;
    }
    held.time = time;
    held.count = 1;
    if (time > held.newest) held.newest = time;
  }

  state(): HeldState | undefined {
    return this.#last && { last: this.#last, stdout: closed(this.#stdout), stderr: closed(this.#stderr) };
  }
}

export function positionOf(state: HeldState | undefined): LogPosition | undefined {
  const held = state?.[state.last];
  if (!state || !held) return undefined;
  const newest = { stdout: state.stdout?.newest, stderr: state.stderr?.newest };
  return { time: held.time, stream: state.last, count: held.count, newest };
}

export interface HeldFromEnd {
  /** Takes lines from the last to the first; says whether earlier ones could still change the outcome. */
  add(line: RecordKey): "more" | "enough";
  /** `before` is what was held before the first of the lines given. */
  state(before: HeldState | undefined): HeldState | undefined;
}

/** The same as `createHeldLines` would have come to, from as few lines as possible. */
export function createHeldFromEnd(): HeldFromEnd {
  let last: LogStream | undefined;
  const streams = { stdout: reading(), stderr: reading() };

  function joined(stream: LogStream, before: HeldState | undefined): HeldStream | undefined {
    const { time, count, newest, isWhole } = streams[stream];
    const earlier = before?.[stream];
    if (count === 0) return earlier;
    return {
      time,
      count: !isWhole && earlier?.time === time ? count + earlier.count : count,
      newest: earlier && earlier.newest > newest ? earlier.newest : newest,
    };
  }

  return {
    add({ stream, time }) {
      last ??= stream;
      const read = streams[stream];
      if (read.count === 0) read.time = time;
      if (read.time !== time) read.isWhole = true;
      else if (!read.isWhole) read.count++;
      if (time > read.newest) read.newest = time;
      return streams.stdout.isWhole && streams.stderr.isWhole ? "enough" : "more";
    },
    state(before) {
      if (last === undefined) return before;
      return { last, stdout: joined("stdout", before), stderr: joined("stderr", before) };
    },
  };
}

function opened(held: HeldStream | undefined) {
  return { time: "", count: 0, newest: "", ...held };
}

function closed(held: HeldStream): HeldStream | undefined {
  return held.count === 0 ? undefined : { ...held };
}

function reading() {
  return { time: "", count: 0, newest: "", isWhole: false };
}
