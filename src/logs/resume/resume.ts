import type { LogLine, LogPosition, LogStream } from "../log-line.ts";
import { createHeld, type Held } from "./held.ts";
import { INVERSION_SECONDS, isNewerThanHeld, newestHeld } from "./newest-held.ts";
import { secondsBefore } from "./seconds-before.ts";
import { createToldLines, type FirstEntry, type ToldLines } from "./told-lines.ts";

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
  /** The position's newest times are those of all lines that are held, not only of its last. */
  readonly isNewestSure?: boolean;
  /**
   * Nothing is taken from a new line on that is not newer than the one before it of its stream: the engine tells again what
   * it told, where it rotates a json-file that is followed (20.10.24: up to 31,464 lines of 300,000; 28.5.2 where the
   * follow begins between the making of a file and the first line in it), or a clock was set back.
   */
  readonly stopsAtReplays?: boolean;
  /** What came between the position and an entry with which the log begins, as far as somebody else was told of it. */
  readonly toldBefore?: ((first: FirstEntry, position: LogPosition) => readonly LogLine[]) | undefined;
}

/** Leaves out of one reading of a container's log, in the engine's order, what is held already. */
export interface Resume {
  /**
   * The first entry of the whole log begins here: if it is newer than all that is held, the engine no longer has the line
   * at the position, and all of it is new. What was told of what lies between comes before it.
   */
  start(entry: FirstEntry): void;
  /**
   * A line begins here that is not complete, its stream's first: if a part of it lies before this reading, nothing can be
   * taken past it, since its parts would come elsewhere among the lines of the other stream.
   */
  begin(line: { readonly stream: LogStream; readonly time: string }): void;
  /** Those of the lines that are new. Past "starts-too-late" none are. */
  pass(lines: readonly LogLine[]): readonly LogLine[];
  /**
   * "searching" for the last line that is held; at the end of a reading it means that the line was not in it.
   * "starts-too-late": what lies before the first line decides, so a reading that begins earlier is needed. "told-again":
   * from here on only a reading that is not a follow tells what is new.
   */
  readonly state: "searching" | "found" | "starts-too-late" | "told-again";
  /** It begins with what is newer than all that is known to be held: the line at the position may be gone. */
  readonly beginsLate: boolean;
  /** The engine's oldest line, where it removed the one at the position. */
  readonly gapBefore: string | undefined;
  /** So many lines of this reading lie before the line at the position, if that came: as it was, or in doubt. */
  readonly linesBefore: number | undefined;
  /** With all that `pass` gave. */
  readonly position: LogPosition | undefined;
}

export function createResume(options: ResumeOptions): Resume {
  return new ResumeOfReading(options);
}

/** What this reading told of a stream. */
interface Seen {
  isSeen: boolean;
  /** The line under way may have begun before. */
  isTorn: boolean;
  /** The time of its first line here, when lines of that time may lie before it: how many there are is not known. */
  uncounted: string | undefined;
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class ResumeOfReading implements Resume {
  state: Resume["state"];
  gapBefore: string | undefined;
  beginsLate = false;
  linesBefore: number | undefined;
  readonly #anchor: LogPosition | undefined;
  readonly #isWhole: boolean;
  readonly #isAnchorGone: boolean;
  readonly #isRotating: boolean;
  readonly #isNewestSure: boolean;
  readonly #stopsAtReplays: boolean;
  readonly #toldBefore: ResumeOptions["toldBefore"];
  #told: ToldLines | undefined;
  readonly #held: Held;
  readonly #stdout = newlySeen();
  readonly #stderr = newlySeen();
  #oldest: string | undefined;
  #searchedLines = 0;

  constructor(options: ResumeOptions) {
    const { position, isWhole, isAnchorGone = false, isRotating = false } = options;
    this.state = position && !isAnchorGone ? "searching" : "found";
    this.#anchor = position;
    this.#isWhole = isWhole;
    this.#isAnchorGone = isAnchorGone;
    this.#isRotating = isRotating;
    this.#isNewestSure = options.isNewestSure ?? true;
    this.#stopsAtReplays = options.stopsAtReplays ?? false;
    this.#toldBefore = options.toldBefore;
    this.#held = createHeld(position);
  }

  start(first: FirstEntry): void {
    const anchor = this.#anchor;
    if (anchor === undefined) return;
    if (this.state === "searching" && this.#isRotating && isNewerThanHeld(first.time, anchor)) {
      this.beginsLate = true;
      if (!this.#isNewestSure) return;
      this.state = "found";
      this.gapBefore = first.time;
    }
    if (this.state === "found") this.#tell(first, anchor);
  }

  #tell(first: FirstEntry, anchor: LogPosition) {
    const told = this.#toldBefore?.(first, anchor) ?? [];
    for (const line of told) this.#held.take(line);
    if (told.length > 0) this.#told = createToldLines(told, first);
  }

  begin(line: Pick<LogLine, "stream" | "time">): void {
    if (!this.#isProven(line)) this.#of(line.stream).isTorn = true;
  }

  pass(lines: readonly LogLine[]): readonly LogLine[] {
    let taken = this.#told?.take();
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index] as LogLine;
      if (this.state === "starts-too-late" || this.state === "told-again") return taken ?? [];
      if (this.state === "searching") {
        taken ??= [];
        this.#search(line, this.#anchor as LogPosition);
      } else if (this.#isDoubtful(line)) {
        this.state = "starts-too-late";
        return taken ?? lines.slice(0, index);
      } else if (this.#stopsAtReplays && this.#held.isReplay(line)) {
        this.state = "told-again";
        return taken ?? lines.slice(0, index);
      } else {
        this.#see(line);
        const wasTold = this.#told?.isAgain(line) ?? false;
        if (wasTold || this.#isHeld(line)) {
          taken ??= lines.slice(0, index);
          if (!wasTold) this.#held.skip(line);
        } else {
          this.#held.take(line);
          taken?.push(line);
        }
      }
    }
    return taken ?? lines;
  }

  get position(): LogPosition | undefined {
    return this.#held.position;
  }

  #of(stream: LogStream): Seen {
    return stream === "stdout" ? this.#stdout : this.#stderr;
  }

  /** Whether all of the line, and all lines of its time and stream before it, belong to this reading. */
  #isProven({ stream, time }: Pick<LogLine, "stream" | "time">): boolean {
    if (this.#isWhole || this.#of(stream).isSeen) return true;
    return this.#oldest !== undefined && this.#oldest < secondsBefore(time, INVERSION_SECONDS);
  }

  #see(line: LogLine) {
    const { time, isPart } = line;
    const seen = this.#of(line.stream);
    if (!isPart) seen.isTorn = false;
    if (!seen.isSeen) {
      if (!this.#isProven(line)) seen.uncounted = time;
      seen.isSeen = true;
    }
    if (this.#oldest === undefined || time < this.#oldest) this.#oldest = time;
  }

  #search(line: LogLine, anchor: LogPosition) {
    const { stream, time } = line;
    const isOfAnchor = stream === anchor.stream;
    const isOfItsTime = isOfAnchor && time === anchor.time;
    if (isOfItsTime) this.linesBefore ??= this.#searchedLines;
    this.#searchedLines += 1;
    const isBehind = !this.#isWhole && isOfAnchor && !this.#of(stream).isSeen && time > anchor.time;
    if (isBehind || (isOfItsTime && !this.#isProven(line))) {
      this.state = "starts-too-late";
      return;
    }
    this.#see(line);
    const count = this.#held.skip(line);
    if (isOfItsTime && count === anchor.count) this.state = "found";
  }

  /** Whether a new line, or how many of its time there were before it, may lie in part before this reading. */
  #isDoubtful(line: LogLine): boolean {
    if (this.#anchor === undefined) return false;
    if (this.#stdout.isTorn || this.#stderr.isTorn) return true;
    const { isSeen, uncounted } = this.#of(line.stream);
    return isSeen ? uncounted === line.time : !this.#isProven(line);
  }

  #isHeld(line: LogLine): boolean {
    const anchor = this.#anchor;
    return this.#isAnchorGone && anchor !== undefined && line.time <= newestHeld(line.stream, anchor);
  }
}

function newlySeen(): Seen {
  return { isSeen: false, isTorn: false, uncounted: undefined };
}
