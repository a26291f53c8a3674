import type { Engine, LogBody, LogReply } from "../../engine/engine.ts";
import { createBell } from "../../kit/bell.ts";
import { msFromNanoTime } from "../../kit/nano-time.ts";
import { createPieceDecoder } from "../pieces/piece-decoder.ts";
import { BURST_BYTES_PER_MS, type LogFilesAhead } from "./log-rotation.ts";
import type { SnapshotPlace, SnapshotRoom } from "./snapshot-room.ts";

export interface SnapshotsAheadOptions {
  readonly engine: Engine;
  readonly containerId: string;
  readonly tty: boolean;
  readonly files: LogFilesAhead;
  /** Which all logs share. */
  readonly room: SnapshotRoom;
  /** It is written as fast as can be, as far as is known. */
  readonly isBurst: boolean;
  readonly signal: AbortSignal;
  /** A test's own. */
  readonly firstEntryMs?: number;
}

/**
 * Snapshots of a log that is written faster than it can be read, opened before their turn comes. The engine opens all of
 * the log's files when it is asked (moby 20.10.24 and 28.5.2, daemon/logger/loggerutils/logfile.go, ReadLogs), so that
 * what it removes afterwards can still be read from an answer that waits.
 */
export interface SnapshotsAhead {
  /**
   * The latest that goes on from that time, or begins soonest after it; none if the log is empty or can't be opened.
   * The first call begins opening them.
   */
  next(heldUntil: string | undefined): Promise<LogReply | undefined>;
  /** Whether one waits that begins after that time, so that only others, or none, have what lies between. */
  hasAfter(heldUntil: string | undefined): boolean;
  /** Breaks off all of them, what was given too. */
  end(): void;
}

interface Waiting {
  readonly reply: LogReply;
  /** The time of its first entry. */
  readonly first: string;
}

/** How many of a log's answers may wait. */
const MOST_WAITING = 32;
/** Another is opened when so much of the time that the log's files last has passed. */
const SHARE_OF_SPAN = 1 / 8;
/** Of a log of which nothing tells that it is written fast. */
const CALM_FACTOR = 20;
/** At most a third of the time goes into opening them, unless one is waited for. */
const REST_FACTOR = 2;
const LONGEST_REST_MS = 5_000;
const WAIT_MS = 500;
/** An answer that was begun and then says nothing for so long is given up, and with it the opening ahead. */
const FIRST_ENTRY_MS = 20_000;

export function createSnapshotsAhead(options: SnapshotsAheadOptions): SnapshotsAhead {
  const { engine, containerId: id, tty, files, room, firstEntryMs = FIRST_ENTRY_MS } = options;
  const calmRestMs = (files.fileBytes / BURST_BYTES_PER_MS) * (options.isBurst ? 1 : CALM_FACTOR);
  const longestRestMs = Math.min(LONGEST_REST_MS, calmRestMs);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const opened = createBell();
  const wanted = createBell();
  const waiting: Waiting[] = [];
  const places = new Set<SnapshotPlace>();
  let isBegun = false;
  let isWanted = false;
  let isOpening = false;
  let isOver = false;

  /** Gives how long the log's files last, as far as they were written by now; nothing if there is nothing to read. */
  async function open(place: SnapshotPlace | undefined): Promise<number | undefined> {
    if (place) places.add(place);
    const reply = await engine.containerLogs({ id, follow: false, tail: "all", signal });
    const patience = setTimeout(() => reply.body.destroy(), firstEntryMs);
    const begun = await beginningOf(reply.body, tty).finally(() => clearTimeout(patience));
    if (begun === undefined || signal.aborted) {
      reply.body.destroy();
      return undefined;
    }
    const { first } = begun;
    const body = leavingItsPlace(begun.body, place);
    // With the same beginning, the later has all that the earlier has.
    if (waiting.at(-1)?.first === first) waiting.pop()?.reply.body.destroy();
    waiting.push({ reply: { ...reply, body }, first });
    opened.ring();
    return Math.max(0, Date.now() - msFromNanoTime(first));
  }

  function leavingItsPlace(body: LogBody, place: SnapshotPlace | undefined): LogBody {
    return {
      [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](),
      destroy() {
        body.destroy();
        place?.leave();
        if (place) places.delete(place);
      },
      get destroyed() {
        return body.destroyed;
      },
    };
  }

  async function openAgainAndAgain() {
    while (!signal.aborted) {
      const beganAtMs = performance.now();
      const place = waiting.length < MOST_WAITING ? room.take(files.fileBytes * files.keptFiles) : undefined;
      if (place === undefined && !isWanted) {
        await wanted.heard(WAIT_MS, signal);
        continue;
      }
      isOpening = true;
      const spanMs = await open(place);
      isOpening = false;
      if (spanMs === undefined) break;
      const tookMs = performance.now() - beganAtMs;
      const restMs = Math.max(Math.min(longestRestMs, spanMs * SHARE_OF_SPAN), tookMs * REST_FACTOR);
      await wanted.heard(Math.min(LONGEST_REST_MS, restMs), signal);
    }
  }

  async function run() {
    await openAgainAndAgain().catch(() => undefined);
    isOver = true;
    opened.ring();
  }

  /** One that is waited for is read at once, as any other: it needs no room. */
  async function untilOneWaits() {
    isWanted = true;
    if (!isOpening) wanted.ring();
    while (waiting.length === 0 && !isOver && !signal.aborted) await opened.heard(WAIT_MS, signal);
    isWanted = false;
  }

  return {
    async next(heldUntil) {
      if (!isBegun) void run();
      isBegun = true;
      if (waiting.length === 0) await untilOneWaits();
      const goesOn = heldUntil === undefined ? 0 : waiting.findLastIndex(({ first }) => first <= heldUntil);
      for (const { reply } of waiting.splice(0, Math.max(0, goesOn))) reply.body.destroy();
      return waiting.shift()?.reply;
    },
    hasAfter: (heldUntil) => waiting.some(({ first }) => heldUntil === undefined || first > heldUntil),
    end() {
      ending.abort();
      for (const place of places) place.leave();
    },
  };
}

interface Beginning {
  readonly first: string;
  /** Gives what was read of it once more. */
  readonly body: LogBody;
}

async function beginningOf(body: LogBody, tty: boolean): Promise<Beginning | undefined> {
  const decoder = createPieceDecoder({ tty });
  const chunks = body[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return undefined;
    // A copy, since it may wait for long, and others need the room.
    const chunk = Buffer.from(value);
    head.push(chunk);
    const first = decoder.push(chunk)[0]?.time;
    if (first === undefined) continue;
    body.release?.();
    return { first, body: withHead(head, chunks, body) };
  }
}

function withHead(head: readonly Buffer[], rest: AsyncIterator<Buffer>, body: LogBody): LogBody {
  return {
    async *[Symbol.asyncIterator]() {
      yield* head;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    },
    destroy: () => body.destroy(),
    get destroyed() {
      return body.destroyed;
    },
  };
}
