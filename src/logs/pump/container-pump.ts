import type { LogReply } from "../../engine/engine.ts";
import { type Backoff, createBackoff } from "../../kit/backoff.ts";
import { msFromNanoTime } from "../../kit/nano-time.ts";
import { logNotKept } from "../../telemetry/events/log-pump.ts";
import { logUnreadable } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { ContainerFiles } from "../files/container-files.ts";
import { LogFilesClosedError } from "../files/disk-trouble.ts";
import type { LogFolder } from "../files/log-folder.ts";
import type { FollowEnd, OpenedEnd } from "../follow/follow-end.ts";
import { letGo } from "../follow/let-go.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import type { Asking } from "./asked-ahead.ts";
import { type AskedAtEndParts, createAskedAtEnd } from "./asked-at-end.ts";
import type { LogSource } from "./log-source.ts";

/** Reads one container's log from a position on, and resolves when there will be no more: see `FollowEnd`. */
export type Follow = (what: {
  readonly source: LogSource;
  /** See `FollowerOptions`. */
  readonly opened?: Promise<LogReply> | undefined;
  /** See `FollowEndParts`. */
  readonly takeEnd?: (() => OpenedEnd | undefined) | undefined;
  readonly position: LogPosition | undefined;
  /** Nothing more is read before it resolves. */
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
  readonly signal: AbortSignal;
}) => Promise<FollowEnd>;

/** Hears of all lines, once they are written. */
export type LineListener = (lines: readonly LogLine[]) => void;

export interface ContainerPumpParts extends AskedAtEndParts {
  readonly folder: Pick<LogFolder, "files">;
  readonly follow: Follow;
  /** Asks for all of a container's log, and for what comes of it. */
  readonly open: (containerId: string, signal: AbortSignal) => Promise<LogReply>;
  /** Gives for a container who is to hear of its lines. */
  readonly listen: (source: LogSource) => LineListener;
  readonly telemetry: Telemetry;
  /** Takes turns among the containers that do not run: there may be thousands, which have little to tell. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  /** It has come to an end, and may be worth another look so much later. */
  readonly onEnd: (laterMs: number) => void;
  /** It was removed before anything could be read of it. */
  readonly onMiss: (source: LogSource) => void;
}

/** What becomes of one container's log. */
export interface ContainerPump {
  /** What is known of it by now: reads if there may be lines that were not there. */
  update(source: LogSource): void;
  /**
   * It was started just now, whatever was known of it. When it is the first time, its log is asked for before anything
   * else, if it was not yet, and what `details` finds out is waited for meanwhile. Where it rejects, the log waits.
   */
  started(asking: Asking, details?: () => Promise<LogSource | undefined>): void;
  /** It has ended, and its log may be removed in a moment. */
  died(): void;
  readonly isBusy: boolean;
  /** By how much the lines written since the last time came late, at most; 0 when none came. */
  takeLagMs(nowMs: number): number;
  /** Resolves when nothing of it is under way. */
  ended(): Promise<void>;
}

/** A stream that held so long did not end in a row of failures. */
const SETTLED_MS = 10_000;
/** What was found out of a container before it was removed may come to the pump so much later. */
const LATE_WORD_MS = 10_000;

export function createContainerPump(first: LogSource, parts: ContainerPumpParts): ContainerPump {
  const { telemetry, signal } = parts;
  const atEnd = createAskedAtEnd(parts);
  const backoff: Backoff = createBackoff({ firstMs: 200, maxMs: 10_000 });
  let source = first;
  let files: ContainerFiles | undefined;
  let work: Promise<void> | undefined;
  /** All of what it had to tell then is written. */
  let readVersion: string | undefined;
  let triedVersion: string | undefined;
  let unreadableDriver: string | undefined;
  let notBeforeMs = 0;
  let goneUntilMs = 0;
  let lagMs = 0;
  let said: string | undefined;
  let unwritten: string | undefined;

  async function read(opening?: Promise<LogReply>, asking?: Asking): Promise<void> {
    const begun = source;
    triedVersion = begun.version;
    const heardOf = parts.listen(begun);
    const opened = await parts.folder.files(begun);
    files = opened;
    atEnd.begin(opened.position);
    let isEmpty = opened.position === undefined;
    try {
      const end = await parts.follow({
        source: begun,
        opened: opening,
        takeEnd: () => atEnd.take(),
        position: opened.position,
        signal,
        async onLines(lines) {
          isEmpty = false;
          atEnd.told(lines.length);
          unwritten = lines[0]?.time;
          await opened.write(lines);
          if (unwritten !== undefined) lagMs = Math.max(lagMs, Date.now() - msFromNanoTime(unwritten));
          unwritten = undefined;
          heardOf(lines);
        },
      });
      if (end.kind === "unreadable") {
        unreadableDriver = begun.driver ?? "";
        logUnreadable(telemetry, { containerId: begun.id, name: begun.name }, end.error.message);
      }
      // moby ends an answer as if complete when it sees the end before the error (26.1.5, daemon/logs.go: 2 of 200).
      if (end.kind === "missed" || (end.kind === "removed" && isEmpty && asking?.isLate)) parts.onMiss(begun);
      if (end.kind !== "stopped") readVersion = begun.version;
      if (end.kind === "removed" || end.kind === "missed") goneUntilMs = performance.now() + LATE_WORD_MS;
      said = undefined;
    } finally {
      files = undefined;
      unwritten = undefined;
      await opened.close();
    }
  }

  async function readFirst(opening: Promise<LogReply>, asking: Asking, details?: () => Promise<LogSource | undefined>) {
    try {
      // A terminal's log, or one that rotates, is not read before that is known: the next look tells.
      const known = await details?.().catch(() => "unknown" as const);
      if (known === "unknown") return;
      if (known) source = asStarted(known, { isNew: true });
      await read(opening, asking);
    } finally {
      letGo(opening);
    }
  }

  async function readAndRest(how: () => Promise<void>) {
    const beganAtMs = performance.now();
    try {
      await how();
    } catch (error) {
      if (!(error instanceof LogFilesClosedError) && !signal.aborted) failed(error);
    }
    atEnd.letGo();
    const endedAtMs = performance.now();
    if (endedAtMs - beganAtMs > SETTLED_MS) backoff.reset();
    const restMs = backoff.next();
    notBeforeMs = endedAtMs + restMs;
    work = undefined;
    parts.onEnd(restMs);
  }

  function failed(error: unknown) {
    const message = error instanceof Error ? error.message : String(error);
    logNotKept(telemetry, { containerId: source.id, name: source.name }, message, { isNews: message !== said });
    said = message;
  }

  function isWorthReading(): boolean {
    if (!source.hasRun || unreadableDriver !== undefined || performance.now() < goneUntilMs) return false;
    if (source.version === readVersion && !source.isRunning) return false;
    // A container that was started again meanwhile is no failure to rest from.
    return source.version !== triedVersion || performance.now() >= notBeforeMs;
  }

  function update(now: LogSource) {
    if (now.name !== source.name) void files?.rename(now.name).catch(() => undefined);
    source = now;
    if (work !== undefined || signal.aborted || !isWorthReading()) return;
    work = readAndRest(() => (source.isRunning ? read() : parts.inTurn(() => read())));
  }

  return {
    update,
    started(asking, details) {
      const isNew = !source.hasRun;
      if (!isNew || work !== undefined || signal.aborted) {
        letGo(asking.reply);
        return update(asStarted(source, { isNew }));
      }
      const open = () => parts.open(source.id, signal);
      const opening = asking.reply?.catch(open) ?? open();
      // Whoever reads it hears of it; until then nobody does.
      opening.catch(() => undefined);
      source = asStarted(source, { isNew });
      work = readAndRest(() => readFirst(opening, asking, details));
    },
    died() {
      if (work !== undefined && source.isAutoRemoved !== false) atEnd.ask(source.id);
    },
    get isBusy() {
      return work !== undefined;
    },
    takeLagMs(nowMs) {
      const lag = Math.max(lagMs, unwritten === undefined ? 0 : nowMs - msFromNanoTime(unwritten));
      lagMs = 0;
      return lag;
    },
    ended: async () => work,
  };
}

function asStarted(source: LogSource, { isNew }: { isNew: boolean }): LogSource {
  // The version is one that no list tells, so that the next look sees to it that nothing was missed.
  return { ...source, isRunning: true, hasRun: true, isNew, version: `${source.version} started` };
}
