import type { Engine, LogBody, LogReply } from "../../engine/engine.ts";
import { createBell } from "../../kit/bell.ts";
import { msFromNanoTime } from "../../kit/nano-time.ts";
import { wait } from "../../kit/wait.ts";
import { createPieceDecoder } from "../pieces/piece-decoder.ts";

export interface SnapshotsAheadOptions {
  readonly engine: Engine;
  readonly containerId: string;
  readonly tty: boolean;
  /** The driver leaves a file that is so large. */
  readonly rotatesAtBytes: number;
  /** It is written as fast as can be, as far as is known. */
  readonly isBurst: boolean;
  readonly signal: AbortSignal;
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

/** What a log's removed files may take of the engine's disk for us, and how many answers may wait. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;
const MOST_WAITING = 32;
/** Another is opened when so much of the time that the log's files last has passed. */
const SHARE_OF_SPAN = 1 / 8;
/** What a container can write through the engine at most: 600,000 lines, 102 MB, in 3 s (28.5.2, two cores). */
const BURST_BYTES_PER_MS = 40_000;
/** Of a log of which nothing tells that it is written fast. */
const CALM_FACTOR = 20;
/** At most a third of the time goes into opening them. */
const REST_FACTOR = 2;
const WAIT_MS = 500;

export function createSnapshotsAhead(options: SnapshotsAheadOptions): SnapshotsAhead {
  const { engine, containerId: id, tty, rotatesAtBytes } = options;
  const longestRestMs = (rotatesAtBytes / BURST_BYTES_PER_MS) * (options.isBurst ? 1 : CALM_FACTOR);
  const most = Math.max(2, Math.min(MOST_WAITING, Math.floor(MOST_HELD_BYTES / rotatesAtBytes)));
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const opened = createBell();
  const waiting: Waiting[] = [];
  let isBegun = false;
  let isOver = false;

  /** Gives how long the log's files last, as far as they were written by now; nothing if there is nothing to read. */
  async function open(): Promise<number | undefined> {
    const reply = await engine.containerLogs({ id, follow: false, tail: "all", signal });
    const begun = await beginningOf(reply.body, tty);
    if (begun === undefined || signal.aborted) {
      reply.body.destroy();
      return undefined;
    }
    const { first, body } = begun;
    // With the same beginning, the later has all that the earlier has.
    if (waiting.at(-1)?.first === first) waiting.pop()?.reply.body.destroy();
    waiting.push({ reply: { ...reply, body }, first });
    opened.ring();
    return Math.max(0, Date.now() - msFromNanoTime(first));
  }

  async function openAgainAndAgain() {
    while (!signal.aborted) {
      const beganAtMs = performance.now();
      if (waiting.length < most) {
        const spanMs = await open();
        if (spanMs === undefined) break;
        const tookMs = performance.now() - beganAtMs;
        await wait(Math.max(Math.min(longestRestMs, spanMs * SHARE_OF_SPAN), tookMs * REST_FACTOR), signal);
      } else await wait(WAIT_MS, signal);
    }
  }

  async function run() {
    await openAgainAndAgain().catch(() => undefined);
    isOver = true;
    opened.ring();
  }

  return {
    async next(heldUntil) {
      if (!isBegun) void run();
      isBegun = true;
      while (waiting.length === 0 && !isOver) await opened.heard(WAIT_MS, signal);
      const goesOn = heldUntil === undefined ? 0 : waiting.findLastIndex(({ first }) => first <= heldUntil);
      for (const { reply } of waiting.splice(0, Math.max(0, goesOn))) reply.body.destroy();
      return waiting.shift()?.reply;
    },
    hasAfter: (heldUntil) => waiting.some(({ first }) => heldUntil === undefined || first > heldUntil),
    end() {
      ending.abort();
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
