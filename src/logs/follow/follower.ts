import { type Engine, EngineError, type LogReply } from "../../engine/engine.ts";
import { type Backoff, createBackoff } from "../../kit/backoff.ts";
import { wait } from "../../kit/wait.ts";
import { logGapFound, logStreamFailed, logStreamReconnected } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import { createResume } from "../resume/resume.ts";
import { followAsBell } from "./bell-follow.ts";
import { catchUp, FEW_LINES } from "./catch-up.ts";
import { containerRun } from "./container-run.ts";
import { type EngineTraits, engineTraits } from "./engine-traits.ts";
import { type Reading, readLog } from "./reading.ts";
import { hasSmallFiles, restMs } from "./small-files.ts";
import { createSnapshotRoom, type SnapshotRoom } from "./snapshot-room.ts";
import { createSnapshotsAhead } from "./snapshots-ahead.ts";

export interface FollowerOptions {
  readonly engine: Engine;
  readonly containerId: string;
  readonly name: string;
  readonly tty: boolean;
  /** The container's log driver removes old lines by itself (json-file with max-size). */
  readonly isRotating?: boolean;
  /** At which size it leaves a file, where what it removes can be held by reading it later. */
  readonly rotatesAtBytes?: number | undefined;
  /** How many files it keeps: one if not given. */
  readonly keptFiles?: number | undefined;
  /** For what is opened ahead of all logs; one of its own if not given. */
  readonly room?: SnapshotRoom;
  /** At which size it leaves a file, if it does. */
  readonly fileBytes?: number | undefined;
  /** As it was last seen: of a container that does not run nothing is followed. */
  readonly isRunning?: boolean;
  /** It was started for the first time a moment ago, so that there is nothing to catch up with. */
  readonly isNew?: boolean;
  /** All of its log, and what comes, asked for before anything else was known: it serves when nothing is held yet. */
  readonly opened?: Promise<LogReply> | undefined;
  /** What is held already. */
  readonly position: LogPosition | undefined;
  /** A longer line comes in parts: 256 KiB if not given. */
  readonly maxLineBytes?: number;
  /** In the engine's order, each line once. Pending, it holds the engine back; what it rejects with ends the following. */
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
  readonly signal: AbortSignal;
  /** A test's own. */
  readonly backoff?: Backoff;
  readonly searchPatienceMs?: number;
  readonly maxSilenceMs?: number;
}

export interface Follower {
  /**
   * Reads on until there will be no more: "ended": the container does not run, and all of its log was read; it may be
   * started again. "removed": the engine no longer knows it; "missed": it did not before anything of it was had, too.
   * "unreadable": its driver gives nothing back.
   */
  run(): Promise<FollowEnd>;
}

export type FollowEnd =
  | { readonly kind: "ended" | "removed" | "missed" | "stopped" }
  | { readonly kind: "unreadable"; readonly error: EngineError };

/**
 * Entries from the end of the log, tried one after the other: a `since` costs the engine a reading of the whole log. All
 * of it twice before a position is taken for gone: an engine that shuts down ends a reading in its middle as if complete.
 */
const MOST_TAIL = 64_000;
const TAILS = [1_000, 8_000, MOST_TAIL, "all", "all"] as const;
/** A container that prints faster than it can be read is followed all the same. */
const MAX_SNAPSHOTS = 10;
/**
 * Of a log that rotates, beyond this rate, snapshots are read instead of a follow, which goes on with the newest file
 * whatever lies between (28.5.2), or tells lines twice and lacks others (20.10.24). See docs/decisions/0015.
 */
const ROTATING_BYTES_PER_SECOND = 256 * 1024;
const MOST_ROTATING_BYTES_PER_SECOND = 2 * 1024 * 1024;
/** What a small rotating log has told since it was last read is likely to be in so much of its end. */
const BELL_TAIL = 100;
/** A follow whose lines waited so long for the disk may have been left behind by the driver's rotation. */
const ROTATING_STALL_MS = 1_000;
/** On 20.10.24 the follow of a json-file stops for good at some rotations, and nothing tells so. */
const ROTATING_SILENCE_MS = 30_000;
/** A reading that lasted so long was no part of a row of failures. */
const SETTLED_MS = 10_000;

/**
 * Follows a container's log from the position, over every end of a connection. Each time it first reads what the engine
 * has, whose end is definite, and follows only from the head: while it is followed, the engine's own rotation loses what
 * was not read yet (json-file of 20.10.24 and 28.5.2), and a snapshot does not.
 */
export function createFollower(options: FollowerOptions, telemetry: Telemetry): Follower {
  const { engine, containerId, name, signal, isRotating = false, searchPatienceMs = 5_000 } = options;
  const { maxSilenceMs = ROTATING_SILENCE_MS, rotatesAtBytes, room = createSnapshotRoom() } = options;
  const { backoff = createBackoff({ firstMs: 250, maxMs: 5_000 }) } = options;
  const container = { containerId, name };
  let { position, opened } = options;
  /** The position that the engine no longer has. */
  let gone: LogPosition | undefined;
  let last: Reading | undefined;
  /** A reading came to the end of what there was. */
  let wasHad = false;
  /** By how much the last reading found the position to be behind. */
  let caughtUpLines = 0;
  /** The position's newest times are those of all that is held: those that files end with need not be. */
  let isNewestSure = position === undefined;
  /** All of a log whose beginning may be what is left of it: whatever the driver removes while that is found out. */
  let spare: Promise<LogReply> | undefined;
  let isGapSaid = false;

  function foundGap(before: string | undefined) {
    logGapFound(telemetry, container, { after: position?.time, before }, { isNews: !isGapSaid });
    isGapSaid = true;
  }

  function openSpare() {
    spare ??= engine.containerLogs({ id: containerId, follow: false, tail: "all", signal });
    spare.catch(() => undefined);
  }

  function closeSpare() {
    discard(spare);
    spare = undefined;
  }

  async function read(follow: boolean, tail: number | "all", ahead?: LogReply): Promise<Reading> {
    const traits = engineTraits(await engine.connect());
    const isAnchorGone = position !== undefined && position === gone;
    const isFromStart = isAnchorGone || position === undefined;
    const usable = follow && isFromStart ? opened : undefined;
    if (usable === undefined) discard(opened);
    opened = undefined;
    const reading = await readLog({
      ...options,
      opened: ahead ? Promise.resolve(ahead) : usable,
      searchPatienceMs,
      position,
      isAnchorGone,
      follow,
      tail: isFromStart ? "all" : tail,
      maxBytesPerSecond: isRotating ? mostBytesPerSecond(traits) : undefined,
      maxStallMs: isRotating ? ROTATING_STALL_MS : undefined,
      maxSilenceMs: isRotating && traits.losesFollows ? maxSilenceMs : undefined,
      untilNewline: traits.untilNewline,
      stopsAtReplays: follow && isRotating,
      isNewestSure,
      onLate: traits.holdsSnapshots && !isNewestSure ? openSpare : undefined,
    });
    if (reading.lines.gapBefore !== undefined) foundGap(reading.lines.gapBefore);
    position = reading.lines.position;
    if (reading.lines.state === "found") closeSpare();
    isNewestSure ||= reading.newLines > 0 && (isFromStart || tail === "all");
    wasHad ||= reading.end === "ended";
    if (reading.wasOpen) {
      last = reading;
      caughtUpLines = isFromStart ? 0 : reading.newLines;
    }
    const { untimed } = reading;
    if (untimed > 0)
      logStreamFailed(telemetry, container, { kind: "malformed", message: `${untimed} entries without a time` });
    return reading;
  }

  function mostBytesPerSecond({ losesFollows, holdsSnapshots }: EngineTraits): number | undefined {
    if (rotatesAtBytes === undefined || !holdsSnapshots) return losesFollows ? ROTATING_BYTES_PER_SECOND : undefined;
    // A file in eight seconds, so that a steady printer is followed: there is time enough to read it.
    return Math.max(ROTATING_BYTES_PER_SECOND, Math.min(MOST_ROTATING_BYTES_PER_SECOND, rotatesAtBytes / 8));
  }

  /** With ever more of the log's end, until the position is in it. */
  async function readFromPosition(follow: boolean): Promise<Reading> {
    // What lies behind by as much again is likely to be further from the end than before; of what was there at first that
    // says nothing, and a second reading of all costs the engine as much as the first (2,000,000 lines: 18 s of its CPU).
    const first = TAILS.findIndex((tail) => tail === "all" || tail >= Math.min(MOST_TAIL, 2 * caughtUpLines));
    for (const tail of TAILS.slice(first)) {
      const reading = await read(follow, tail);
      if (reading.end !== "starts-too-late" && reading.end !== "not-found") return reading;
    }
    // Of a followed log nothing is told of its end, so that a snapshot has to show that the position is gone.
    if (follow) return readFromPosition(false);
    gone = position;
    foundGap(undefined);
    const all = spare;
    spare = undefined;
    return read(false, "all", await all);
  }

  async function readWhatIsNew(): Promise<Reading> {
    if (position !== undefined && 2 * caughtUpLines <= BELL_TAIL) {
      const reading = await read(false, BELL_TAIL);
      if (reading.end !== "starts-too-late" && reading.end !== "not-found") return reading;
    }
    return readSnapshots(false);
  }

  async function followDoubted(): Promise<FollowEnd | undefined> {
    const traits = engineTraits(await engine.connect());
    for (;;) {
      const openedAtMs = performance.now();
      const first = opened;
      opened = undefined;
      const reply = await (first ?? engine.containerLogs({ id: containerId, follow: true, tail: 0, signal }));
      const end = await followAsBell({
        ...options,
        reply,
        catchUp: readWhatIsNew,
        giveLast: giveUnheld,
        restMs: restMs(options),
        maxSilenceMs: traits.losesFollows ? maxSilenceMs : undefined,
      });
      if (performance.now() - openedAtMs > SETTLED_MS) backoff.reset();
      if (end !== "silent") return end === "ended" ? finish() : failed({ end });
    }
  }

  async function giveUnheld(lines: readonly LogLine[]) {
    // What it begins with is in what was told.
    last = undefined;
    wasHad = true;
    const resume = createResume({ position, isWhole: true, isAnchorGone: true });
    const fresh = resume.pass(lines);
    if (fresh.length > 0) await options.onLines(fresh);
    position = resume.position;
  }

  async function readSnapshots(isBehind: boolean): Promise<Reading> {
    if (rotatesAtBytes !== undefined && engineTraits(await engine.connect()).holdsSnapshots) {
      const ahead = createSnapshotsAhead({ ...options, rotatesAtBytes, room, isBurst: isBehind });
      const behindBy = isBehind || position === undefined ? Number.POSITIVE_INFINITY : 0;
      const readSnapshot = (tail: number | "all", opened?: LogReply) => read(false, tail, opened);
      const parts = { ahead, behindBy, read: readSnapshot, heldUntil: () => position?.time };
      const reading = await catchUp(parts).finally(ahead.end);
      if (reading) return reading;
    }
    let reading = await readFromPosition(false);
    const most = isRotating ? Number.POSITIVE_INFINITY : MAX_SNAPSHOTS;
    for (let count = 1; count < most && reading.end === "ended" && reading.newLines >= FEW_LINES; count++)
      reading = await readFromPosition(false);
    return reading;
  }

  /** The line under way, which will not go on. */
  async function giveRest() {
    if (last?.lines.state !== "found") return;
    const rest = last.lines.flush();
    if (rest.length > 0) await options.onLines(rest);
    position = last.lines.position;
  }

  /** After the end of a follow: whether the container's run ended, or only the connection. */
  async function finish(): Promise<FollowEnd | undefined> {
    const run = await containerRun(engine, containerId);
    if (run.isRunning) return undefined;
    const reading = await readFromPosition(false);
    if (reading.end !== "ended") return failed(reading);
    // Else it was started again, or the engine went down, while that was read.
    const again = await containerRun(engine, containerId);
    if (again.isRunning || again.startedAt !== run.startedAt) return undefined;
    // What the next run writes goes on with a Podman's last line.
    if (!engineTraits(await engine.connect()).untilNewline) await giveRest();
    return { kind: "ended" };
  }

  async function failed({ end }: Pick<Reading, "end">): Promise<FollowEnd | undefined> {
    if (end === "stopped") return { kind: "stopped" };
    if (!(end instanceof EngineError)) return undefined;
    if (end.kind === "unreadable-logs") return { kind: "unreadable", error: end };
    if (end.kind === "not-found") {
      await giveRest();
      return { kind: position === undefined && !wasHad ? "missed" : "removed" };
    }
    logStreamFailed(telemetry, container, end);
    return undefined;
  }

  async function attempt(): Promise<FollowEnd | undefined> {
    if (hasSmallFiles(options) && engineTraits(await engine.connect()).holdsSnapshots) return followDoubted();
    for (let isBehind = false; ; ) {
      // Of one that lives for a moment a second request may find nothing; the first is read to its end even so. And what
      // was printed while a snapshot was read has all before it read again: 1.6 lines for each of 1,000,000 (20.10.24).
      const isFirst = position === undefined && last === undefined;
      if (!isFirst || (isRotating && !options.isNew)) {
        const snapshot = await readSnapshots(isBehind);
        if (snapshot.end !== "ended") return failed(snapshot);
      }
      const openedAtMs = performance.now();
      const following = await readFromPosition(true);
      if (performance.now() - openedAtMs > SETTLED_MS) backoff.reset();
      isBehind = following.end === "behind";
      if (isBehind || following.end === "silent") continue;
      return following.end === "ended" ? finish() : failed(following);
    }
  }

  async function followOn(): Promise<FollowEnd> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const isStopped = isFirst && options.isRunning === false;
      const end = await (isStopped ? finish() : attempt()).catch((error) => {
        if (error instanceof EngineError) return failed({ end: error });
        throw error;
      });
      if (end) return end;
      await wait(backoff.next(), signal);
      if (!signal.aborted) logStreamReconnected(telemetry, container);
    }
    return { kind: "stopped" };
  }

  return { run: () => followOn().finally(closeSpare) };
}

function discard(reply: Promise<LogReply> | undefined) {
  void reply?.then(
    ({ body }) => body.destroy(),
    () => undefined,
  );
}
