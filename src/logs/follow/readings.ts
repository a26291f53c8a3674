import type { Engine, LogReply } from "../../engine/engine.ts";
import { logStreamFailed } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { LineOptions } from "../lines.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import { createRestOfLog, type RestOfLog } from "../resume/rest-of-log.ts";
import { engineTraits } from "./engine-traits.ts";
import type { HeardLines } from "./heard-lines.ts";
import type { LateFollow } from "./late-follow.ts";
import { letGo } from "./let-go.ts";
import { createLogGaps, type LogGaps } from "./log-gaps.ts";
import { followBounds, type LogRotation, SILENCE_MS } from "./log-rotation.ts";
import { type Reading, type ReadingOptions, readLog } from "./reading.ts";

export interface ReadingsOptions extends LineOptions {
  readonly engine: Engine;
  readonly containerId: string;
  readonly name: string;
  /** If the container's log driver removes old lines by itself. */
  readonly rotation?: LogRotation | undefined;
  /** All of its log, and what comes, asked for before anything else was known: it serves when nothing is held yet. */
  readonly opened?: Promise<LogReply> | undefined;
  /** What is held already. */
  readonly position: LogPosition | undefined;
  /** In the engine's order, each line once. Pending, it holds the engine back; what it rejects with ends the following. */
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
  readonly signal: AbortSignal;
  /** A test's own. */
  readonly searchPatienceMs?: number;
  readonly maxSilenceMs?: number;
}

export interface ReadQuery
  extends Pick<ReadingOptions, "follow" | "tail" | "onOpen" | "staysOpen" | "mayMissPosition"> {
  /** The answer to it, where that was opened ahead. */
  readonly ahead?: LogReply | undefined;
}

/** One reading of a container's log after the other, each from the position that those before it led to. */
export interface Readings {
  /** One, with so much of the log's end: the position may not be in it. */
  read(query: ReadQuery): Promise<Reading>;
  /** One of all that there is, or was as `ahead` was opened, since the engine no longer has the line at the position. */
  readWhatIsLeft(ahead: LogReply | undefined): Promise<Reading>;
  /** All of the log, opened when it began to seem that the position is gone. */
  takeSpare(): Promise<LogReply> | undefined;
  /** What a follow tells of a container that the engine no longer has, though it begins after the position. */
  giveLate(follow: LateFollow): Promise<void>;
  /** Of what was told elsewhere, after which nothing comes, all that is newer than the position. */
  giveLast(lines: readonly LogLine[]): Promise<void>;
  /** The line under way, which will not go on. */
  giveRest(): Promise<void>;
  /** What a follow tells beside them, from here on: where the driver has removed lines, it may have them. */
  besides(heard: HeardLines): void;
  /** The answer that was open before the first of them, for others. */
  takeOpened(): Promise<LogReply> | undefined;
  /** There may be more after the position: the last of them broke off, or was of another process. */
  mayLackLast: boolean;
  /** What came after the position is gone. */
  sayGap(): void;
  /** Nothing is held, and nothing was told. */
  readonly isFirst: boolean;
  /** Nor did anything tell that there was nothing. */
  readonly isMissed: boolean;
  readonly position: LogPosition | undefined;
  /** By how much the last reading found the position to be behind. */
  readonly caughtUpLines: number;
  /** The last one began after the position: the driver had removed what lay between. */
  readonly hasLost: boolean;
  /** Lets go of what is open. */
  end(): void;
}

const SEARCH_PATIENCE_MS = 5_000;

export function createReadings(options: ReadingsOptions, telemetry: Telemetry): Readings {
  return new ReadingsOfLog(options, telemetry);
}

/** A class: there are thousands, and each function of a factory is 64 bytes (V8 13.6). */
class ReadingsOfLog implements Readings {
  mayLackLast: boolean;
  readonly #options: ReadingsOptions;
  readonly #telemetry: Telemetry;
  #position: LogPosition | undefined;
  #opened: Promise<LogReply> | undefined;
  /** The position that the engine no longer has. */
  #gone: LogPosition | undefined;
  #last: Reading | undefined;
  /** A reading came to the end of what there was. */
  #wasHad = false;
  #caughtUpLines = 0;
  /** The position's newest times are those of all that is held: those that files end with need not be. */
  #isNewestSure: boolean;
  readonly #gaps: LogGaps;
  #heard: HeardLines | undefined;
  #rest: RestOfLog | undefined;

  constructor(options: ReadingsOptions, telemetry: Telemetry) {
    this.#options = options;
    this.#telemetry = telemetry;
    this.#gaps = createLogGaps(options, telemetry);
    this.#position = options.position;
    this.#opened = options.opened;
    this.#isNewestSure = options.position === undefined;
    this.mayLackLast = options.position !== undefined;
  }

  get isFirst(): boolean {
    return this.#position === undefined && this.#last === undefined;
  }

  get isMissed(): boolean {
    return this.#position === undefined && !this.#wasHad;
  }

  get position(): LogPosition | undefined {
    return this.#position;
  }

  get caughtUpLines(): number {
    return this.#caughtUpLines;
  }

  besides(heard: HeardLines): void {
    this.#heard?.close();
    this.#heard = heard;
  }

  get hasLost(): boolean {
    return this.#last?.lines.gapBefore !== undefined;
  }

  takeOpened(): Promise<LogReply> | undefined {
    const opened = this.#opened;
    this.#opened = undefined;
    return opened;
  }

  async read({ follow, tail, ahead, ...how }: ReadQuery): Promise<Reading> {
    const { engine, rotation, searchPatienceMs = SEARCH_PATIENCE_MS, maxSilenceMs = SILENCE_MS } = this.#options;
    const traits = engineTraits(await engine.connect());
    const isAnchorGone = this.#position !== undefined && this.#position === this.#gone;
    const isFromStart = isAnchorGone || this.#position === undefined;
    const opened = this.takeOpened();
    const isUsable = follow && isFromStart;
    const heard = follow ? undefined : this.#heard;
    const heardBefore = heard?.count ?? 0;
    if (!isUsable) letGo(opened);
    const reading = await readLog({
      ...this.#options,
      opened: ahead ? Promise.resolve(ahead) : isUsable ? opened : undefined,
      searchPatienceMs,
      position: this.#position,
      isAnchorGone,
      ...how,
      follow,
      tail: isFromStart ? "all" : tail,
      maxSilenceMs: undefined,
      ...followBounds(rotation, traits, maxSilenceMs),
      untilNewline: traits.untilNewline,
      isRotating: rotation !== undefined,
      stopsAtReplays: follow && rotation !== undefined,
      heard,
      isNewestSure: this.#isNewestSure,
      onGap: (before) => this.#foundGap(before),
      onLate: traits.holdsSnapshots && !this.#isNewestSure ? () => this.#gaps.openSpare() : undefined,
    });
    this.#position = reading.lines.position;
    if (reading.end === "ended") heard?.letGoOfHeld(this.#position, heardBefore);
    if (reading.lines.state === "found") this.#gaps.closeSpare();
    this.#isNewestSure ||= reading.newLines > 0 && (isFromStart || tail === "all");
    this.#wasHad ||= reading.end === "ended";
    if (reading.wasOpen) {
      this.#last = reading;
      // What came while it was followed was not behind.
      this.#caughtUpLines = isFromStart || how.staysOpen ? 0 : reading.newLines;
    }
    if (reading.untimed > 0) this.#foundUntimed(reading.untimed);
    return reading;
  }

  takeSpare(): Promise<LogReply> | undefined {
    return this.#gaps.takeSpare();
  }

  readWhatIsLeft(ahead: LogReply | undefined): Promise<Reading> {
    this.#gone = this.#position;
    this.#foundGap(undefined);
    return this.read({ follow: false, tail: "all", ahead });
  }

  async giveLast(lines: readonly LogLine[]): Promise<void> {
    // What it begins with is in what was told.
    this.#last = undefined;
    this.#wasHad = true;
    const isFirst = this.#rest === undefined;
    this.#rest ??= createRestOfLog(this.#position);
    const fresh = this.#rest.pass(lines);
    if (isFirst && this.mayLackLast && !this.#rest.goesOn) this.#foundGap(fresh[0]?.time);
    this.mayLackLast = false;
    if (fresh.length > 0) await this.#options.onLines(fresh);
    this.#position = this.#rest.position;
  }

  async giveLate(follow: LateFollow): Promise<void> {
    this.#last = undefined;
    const { isLast, position } = await follow.giveAll((before) => this.#foundGap(before));
    if (isLast) this.mayLackLast = false;
    this.#position = position;
  }

  async giveRest(): Promise<void> {
    if (this.#last?.lines.state !== "found") return;
    const rest = this.#last.lines.flush();
    if (rest.length > 0) await this.#options.onLines(rest);
    this.#position = this.#last.lines.position;
  }

  end(): void {
    this.#heard?.close();
    this.#gaps.closeSpare();
  }

  sayGap(): void {
    this.#foundGap(undefined);
  }

  #foundGap(before: string | undefined) {
    this.#gaps.found({ after: this.#position?.time, before });
  }

  #foundUntimed(entries: number) {
    const { containerId, name } = this.#options;
    const failure = { kind: "malformed", message: `${entries} entries without a time` };
    logStreamFailed(this.#telemetry, { containerId, name }, failure);
  }
}
