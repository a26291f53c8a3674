import { type Engine, EngineError, type LogReply } from "../../engine/engine.ts";
import type { LineOptions } from "../lines.ts";
import type { LogLine, LogPiece } from "../log-line.ts";
import { createPieceDecoder } from "../pieces/piece-decoder.ts";
import { createNewLines, type NewLines } from "../resume/new-lines.ts";
import { INVERSION_SECONDS, isNewerThanHeld } from "../resume/newest-held.ts";
import type { ResumeOptions } from "../resume/resume.ts";
import { secondsBefore } from "../resume/seconds-before.ts";
import type { HeardLines } from "./heard-lines.ts";
import { keepOpen, type LateFollow } from "./late-follow.ts";
import { createPatience, createRate } from "./reading-bounds.ts";

export interface ReadingOptions extends Omit<ResumeOptions, "isWhole" | "toldBefore">, LineOptions {
  readonly engine: Engine;
  readonly containerId: string;
  /** On to the end of the container's run; else to the end of what the engine has. */
  readonly follow: boolean;
  readonly tail: number | "all";
  /** The answer to just that, where it was asked for already. */
  readonly opened?: Promise<LogReply> | undefined;
  /** While it is pending nothing more is read, so that the engine waits as well. */
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
  /** A followed log that is silent for so long before the last held line came has it elsewhere. */
  readonly searchPatienceMs: number;
  /** A follow ends when it is told more than this within a second. */
  readonly maxBytesPerSecond?: number | undefined;
  /** A follow ends when it is told nothing for so long. */
  readonly maxSilenceMs?: number | undefined;
  /** A follow ends when its lines had to wait for so long: meanwhile the driver may have rotated what comes next away. */
  readonly maxStallMs?: number | undefined;
  /** What a follow tells beside it. */
  readonly heard?: HeardLines | undefined;
  /** The engine no longer has what came before that time: told before what comes then is given. */
  readonly onGap?: ((before: string) => void) | undefined;
  /** It begins with what is newer than all that is known to be held. */
  readonly onLate?: (() => void) | undefined;
  /** The engine has answered: what it tells from now on comes here. */
  readonly onOpen?: (() => void) | undefined;
  /** A follow that is found not to have the position stays open: `Reading.late`. */
  readonly staysOpen?: boolean | undefined;
  /** What is newer than all that is held tells that the position does not come any more, and a search that lasts for long. */
  readonly mayMissPosition?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** One request for a container's log, read to its end. Its lines were given to `onLines`. */
export interface Reading {
  /**
   * "starts-too-late": it has to begin earlier. "not-found": the last held line was not in it. "behind" and "silent": it
   * passed its bounds, a snapshot only that of silence, or a follow told something again.
   */
  readonly end: "ended" | "starts-too-late" | "not-found" | "behind" | "silent" | "stopped" | EngineError;
  readonly newLines: number;
  /** Entries without a time, which no engine sends. */
  readonly untimed: number;
  /** Which position they lead to, and what is left of them. */
  readonly lines: NewLines;
  readonly wasOpen: boolean;
  /** What it would have told further. */
  readonly late?: LateFollow | undefined;
}

export async function readLog(options: ReadingOptions): Promise<Reading> {
  const { engine, containerId, follow, tail, opened, onLines, searchPatienceMs, position, signal } = options;
  const { staysOpen = false, mayMissPosition = false, heard } = options;
  const isWhole = tail === "all";
  const lines = createNewLines({ ...options, isWhole, toldBefore: heard?.takeBefore });
  const decoder = createPieceDecoder(options);
  const maxStallMs = (follow ? options.maxStallMs : undefined) ?? Number.POSITIVE_INFINITY;
  let newLines = 0;
  let hasStalled = false;
  let onLinesError: { cause: unknown } | undefined;
  let reply: LogReply | undefined;
  let chunks: AsyncIterator<Buffer> | undefined;
  let late: LateFollow | undefined;
  const patience = createPatience(follow ? searchPatienceMs : undefined);
  let isGiving = false;
  const silence = createPatience(follow ? options.maxSilenceMs : SNAPSHOT_SILENCE_MS, () => isGiving);
  const isTooFast = createRate(follow ? options.maxBytesPerSecond : undefined);
  const searchEndsAtMs =
    performance.now() + (mayMissPosition ? LONGEST_SEARCH * searchPatienceMs : Number.POSITIVE_INFINITY);
  let hasBegun = false;

  async function give(fresh: readonly LogLine[]) {
    if (fresh.length === 0) return;
    newLines += fresh.length;
    const givenAtMs = performance.now();
    isGiving = true;
    await onLines(fresh).catch((cause) => {
      onLinesError = { cause };
      throw cause;
    });
    isGiving = false;
    silence.renew();
    hasStalled ||= performance.now() - givenAtMs > maxStallMs;
  }

  /** Of a follow nothing tells that the position is not in it: that is taken from what comes, or from how long it takes. */
  function missesPosition(first: LogPiece | undefined): Reading["end"] | undefined {
    if (performance.now() < searchEndsAtMs) patience.renew();
    if (!mayMissPosition || first === undefined || position === undefined) return undefined;
    if (!hasBegun && isNewerThanHeld(first.time, position)) return "starts-too-late";
    hasBegun = true;
    return isNewerThanHeld(secondsBefore(first.time, INVERSION_SECONDS), position) ? "not-found" : undefined;
  }

  /** Where the driver has removed what came before it. */
  async function untilHeardBefore(first: LogPiece | undefined) {
    hasBegun = first !== undefined;
    if (heard && first && position && isNewerThanHeld(first.time, position))
      await heard.untilToldOf(first.time, signal);
  }

  async function takeChunk(chunk: Buffer): Promise<Reading["end"] | undefined> {
    silence.renew();
    const pieces = decoder.push(chunk);
    const missed = lines.state === "searching" ? missesPosition(pieces[0]) : undefined;
    if (missed !== undefined) return leave(missed, pieces);
    if (!hasBegun && isWhole) await untilHeardBefore(pieces[0]);
    const wasLate = lines.beginsLate;
    const hadGap = lines.gapBefore !== undefined;
    const fresh = lines.push(pieces);
    if (lines.gapBefore !== undefined && !hadGap) options.onGap?.(lines.gapBefore);
    if (lines.beginsLate && !wasLate) options.onLate?.();
    if (lines.state !== "searching") patience.end();
    await give(fresh);
    if (lines.state === "starts-too-late") return leave("starts-too-late", pieces);
    if (lines.state === "told-again") return "behind";
    if (lines.state === "found" && (hasStalled || isTooFast(chunk.length))) return "behind";
    return decoder.failure === undefined ? undefined : malformed(containerId, decoder.failure);
  }

  function leave(end: Reading["end"], pieces: readonly LogPiece[]): Reading["end"] {
    if (staysOpen && reply && chunks)
      late = keepOpen({ ...options, position: lines.position, body: reply.body, chunks, decoder, pieces });
    return end;
  }

  /** Functions of their own, since a loop that waits for the next keeps the last alive, of each log that is followed. */
  async function take({ value, done }: IteratorResult<Buffer>): Promise<Reading["end"] | "complete" | undefined> {
    return done ? "complete" : takeChunk(value);
  }

  async function read({ body, isEndTold }: LogReply): Promise<Reading["end"]> {
    // One that has nothing to find may be silent for as long as it likes.
    if (lines.state === "searching") patience.begin(() => body.destroy());
    silence.begin(() => body.destroy());
    chunks = body[Symbol.asyncIterator]();
    for (;;) {
      const end = await chunks.next().then(take);
      if (end === "complete") break;
      if (end !== undefined) return end;
    }
    // Of a proxy that passes the engine's end on as a mere close: it may as well have been cut.
    if (!isEndTold) return broken(containerId, "it was closed without an end");
    await give(lines.push(decoder.flush()));
    return lines.state === "found" ? "ended" : "not-found";
  }

  async function end(): Promise<Reading["end"]> {
    try {
      reply = await (opened ?? engine.containerLogs({ id: containerId, follow, tail, signal }));
      options.onOpen?.();
      return await read(reply);
    } catch (cause) {
      if (onLinesError) throw onLinesError.cause;
      if (signal.aborted) return "stopped";
      if (patience.isOver) return "not-found";
      if (silence.isOver) return "silent";
      return cause instanceof EngineError ? cause : broken(containerId, (cause as Error).message, cause);
    } finally {
      patience.end();
      silence.end();
      if (late === undefined) reply?.body.destroy();
    }
  }

  const how = await end();
  return {
    end: signal.aborted ? "stopped" : how,
    newLines,
    untimed: decoder.untimed,
    lines,
    wasOpen: reply !== undefined,
    late,
  };
}

/** A position that was searched in a follow so many times as long as it may be silent is searched in a snapshot, which ends. */
const LONGEST_SEARCH = 12;
/** A snapshot that was begun and tells nothing for so long is asked for anew, so that nothing waits for ever. */
export const SNAPSHOT_SILENCE_MS = 300_000;

function broken(containerId: string, why: string, cause?: unknown): EngineError {
  return new EngineError(`the log of container ${containerId} broke off: ${why}`, { kind: "unreachable", cause });
}

function malformed(containerId: string, why: string): EngineError {
  return new EngineError(`the log of container ${containerId} can't be read on: ${why}`, { kind: "malformed" });
}
