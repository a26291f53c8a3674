import type { LogLine, LogPosition, LogStream } from "../log-line.ts";
import { createHeld } from "./held.ts";
import { secondsBefore } from "./seconds-before.ts";

export interface ResumeOptions {
  /** What is held; nothing yet if not given. */
  readonly position: LogPosition | undefined;
  /** The lines come from the beginning of the log: nothing lies before the first. */
  readonly isWhole: boolean;
  /** The engine no longer has the line at the position: what is newer than the newest held of its stream is new. */
  readonly isAnchorGone?: boolean;
  /**
   * The driver removes old lines by itself: of one that does not, a first entry that is newer than all that is held shows
   * that a clock was set back.
   */
  readonly isRotating?: boolean;
  /**
   * What is not newer than the last of its stream is dropped: while an engine before 24 rotates a json-file that is
   * followed, it tells lines a second time (up to 31,464 of 300,000 on 20.10.24).
   */
  readonly dropsReplays?: boolean;
}

/** Leaves out of one reading of a container's log, in the engine's order, what is held already. */
export interface Resume {
  /**
   * The first entry of the whole log begins here: if it is newer than all that is held, the engine no longer has the line
   * at the position, and all of it is new.
   */
  start(entry: { readonly time: string }): void;
  /**
   * A line begins here that is not complete, its stream's first: if a part of it lies before this reading, nothing can be
   * taken past it, since its parts would come elsewhere among the lines of the other stream.
   */
  begin(line: { readonly stream: LogStream; readonly time: string }): void;
  /** Those of the lines that are new. Past "starts-too-late" none are. */
  pass(lines: readonly LogLine[]): readonly LogLine[];
  /**
   * "searching" for the last line that is held; at the end of a reading it means that the line was not in it.
   * "starts-too-late": what lies before the first line decides, so a reading that begins earlier is needed.
   */
  readonly state: "searching" | "found" | "starts-too-late";
  /** The engine's oldest line, where it removed the one at the position. */
  readonly gapBefore: string | undefined;
  /** With all that `pass` gave. */
  readonly position: LogPosition | undefined;
}

/**
 * Between the streams the engine's order is not that of the times, by milliseconds; Podman cuts times to seconds. What is
 * older by this comes before.
 */
const INVERSION_SECONDS = 2;

export function createResume({
  position,
  isWhole,
  isAnchorGone = false,
  isRotating = false,
  dropsReplays = false,
}: ResumeOptions): Resume {
  const held = createHeld(position);
  let state: Resume["state"] = position && !isAnchorGone ? "searching" : "found";
  const seen: { [Stream in LogStream]: boolean } = { stdout: false, stderr: false };
  let oldest: string | undefined;
  let gapBefore: string | undefined;
  /** The time of a stream's first line here, when lines of that time may lie before it: how many there are is not known. */
  const uncounted: { [Stream in LogStream]?: string } = {};
  /** The streams whose line under way may have begun before. */
  const torn = new Set<LogStream>();

  /** Whether all of the line, and all lines of its time and stream before it, belong to this reading. */
  function isProven({ stream, time }: Pick<LogLine, "stream" | "time">): boolean {
    if (isWhole || seen[stream]) return true;
    return oldest !== undefined && oldest < secondsBefore(time, INVERSION_SECONDS);
  }

  function see(line: LogLine) {
    const { stream, time, isPart } = line;
    if (!isPart) torn.delete(stream);
    if (!isProven(line)) uncounted[stream] = time;
    seen[stream] = true;
    if (oldest === undefined || time < oldest) oldest = time;
  }

  function search(line: LogLine, anchor: LogPosition) {
    const { stream, time } = line;
    const isOfAnchor = stream === anchor.stream;
    const isBehind = !isWhole && isOfAnchor && !seen[stream] && time > anchor.time;
    if (isBehind || (isOfAnchor && time === anchor.time && !isProven(line))) {
      state = "starts-too-late";
      return;
    }
    see(line);
    const count = held.skip(line);
    if (isOfAnchor && time === anchor.time && count === anchor.count) state = "found";
  }

  /** Whether a new line, or how many of its time there were before it, may lie in part before this reading. */
  function isDoubtful(line: LogLine): boolean {
    if (position === undefined) return false;
    if (torn.size > 0) return true;
    return seen[line.stream] ? uncounted[line.stream] === line.time : !isProven(line);
  }

  function isHeld(line: LogLine): boolean {
    if (isAnchorGone && position && line.time <= newestHeld(line.stream, position)) return true;
    return dropsReplays && held.isReplay(line);
  }

  return {
    start({ time }) {
      if (!isRotating || state !== "searching" || position === undefined || !isNewerThanHeld(time, position)) return;
      state = "found";
      gapBefore = time;
    },
    begin(line) {
      if (!isProven(line)) torn.add(line.stream);
    },
    pass(lines) {
      let taken: LogLine[] | undefined;
      for (let index = 0; index < lines.length; index++) {
        const line = lines[index] as LogLine;
        if (state === "starts-too-late") return taken ?? [];
        if (state === "searching") {
          taken ??= [];
          search(line, position as LogPosition);
        } else if (isDoubtful(line)) {
          state = "starts-too-late";
          return taken ?? lines.slice(0, index);
        } else {
          see(line);
          if (isHeld(line)) {
            taken ??= lines.slice(0, index);
            if (isAnchorGone) held.skip(line);
          } else {
            held.take(line);
            taken?.push(line);
          }
        }
      }
      return taken ?? lines;
    },
    get state() {
      return state;
    },
    get gapBefore() {
      return gapBefore;
    },
    get position() {
      return held.position;
    },
  };
}

/** The newest are kept by the time, so that this holds for a clock that was set back, too. */
function isNewerThanHeld(time: string, { newest, time: last }: LogPosition): boolean {
  return time > last && time > (newest.stdout ?? "") && time > (newest.stderr ?? "");
}

/** What is not known of a stream was none of the newest lines that are held. */
function newestHeld(stream: LogStream, { newest, time }: LogPosition): string {
  return newest[stream] ?? secondsBefore(time, INVERSION_SECONDS);
}
