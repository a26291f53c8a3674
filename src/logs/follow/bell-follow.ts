import { EngineError, type LogReply } from "../../engine/engine.ts";
import { type Bell, createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import { createLineAssembler, type LineOptions } from "../lines.ts";
import type { LogLine } from "../log-line.ts";
import { createPieceDecoder } from "../pieces/piece-decoder.ts";
import type { Reading } from "./reading.ts";
import type { Silence } from "./silence.ts";

export interface BellFollowParts extends LineOptions {
  readonly reply: LogReply;
  /** Reads all that the engine has by now, and gives it. */
  readonly catchUp: () => Promise<Pick<Reading, "end">>;
  /** Not newer than the newest of its stream that was given. */
  readonly isHeld: (line: LogLine) => boolean;
  /** What a follow told of a container that the engine no longer has: it may be held in part. */
  readonly giveLast: (lines: readonly LogLine[]) => Promise<void>;
  /** What the container printed last may be in none of it. */
  readonly onLack: () => void;
  /** Between two readings of what is there. */
  readonly restMs: number;
  /** Past which it ends. */
  readonly silence?: Silence | undefined;
  readonly signal: AbortSignal;
}

/** Of what was told and not read elsewhere yet, so many bytes are kept; further ones wait in the engine. */
const MOST_KEPT_BYTES = 1024 * 1024;
/** What a line takes beside its text, about. */
const LINE_BYTES = 256;
const LOOK_AGAIN_MS = 250;

/**
 * A follow of a log whose files are soon full: it may pass over some unseen (moby 20.10.24 and 28.5.2: it reads its file to
 * the end, and goes on with the one that is written by then). So it only tells that there is more, and a snapshot what.
 * When the container is removed, what it told is all that is left.
 */
export async function followAsBell(parts: BellFollowParts): Promise<Reading["end"]> {
  const { reply, catchUp, isHeld, giveLast, silence, signal } = parts;
  const told = createBell();
  const taken = createBell();
  const decoder = createPieceDecoder(parts);
  const assembler = createLineAssembler(parts);
  const ending = new AbortController();
  let kept: LogLine[] = [];
  let keptBytes = 0;
  let isOver = false;

  function keep(pieces: ReturnType<typeof decoder.push>) {
    for (const line of assembler.push(pieces)) {
      kept.push({ ...line, bytes: Buffer.from(line.bytes) });
      keptBytes += line.bytes.length + LINE_BYTES;
    }
  }

  async function listen(): Promise<Reading["end"]> {
    try {
      for await (const chunk of reply.body) {
        keep(decoder.push(chunk));
        told.ring();
        while (keptBytes > MOST_KEPT_BYTES && !ending.signal.aborted) await taken.heard(LOOK_AGAIN_MS, ending.signal);
      }
      keep(decoder.flush());
      return reply.isEndTold ? "ended" : broken("it was closed without an end");
    } catch (cause) {
      return cause instanceof EngineError ? cause : broken((cause as Error).message, cause);
    } finally {
      isOver = true;
      told.ring();
    }
  }

  function takeKept(): LogLine[] {
    const lines = kept;
    kept = [];
    keptBytes = 0;
    taken.ring();
    return lines;
  }

  async function giveRest() {
    while (!isOver && !signal.aborted) {
      if (kept.length > 0) await giveLast(takeKept());
      else await told.heard(LOOK_AGAIN_MS, signal);
    }
    await giveLast([...takeKept(), ...assembler.flush()]);
  }

  const listened = listen();
  try {
    for (;;) {
      const wasOver = isOver;
      const before = kept.length;
      const { end } = await catchUp();
      if (end instanceof EngineError && end.kind === "not-found") {
        await giveRest();
        if ((await listened) !== "ended") parts.onLack();
        return end;
      }
      if (end !== "ended") return end;
      // What came meanwhile may be in it or not; and an engine that shuts down ends it in its middle as if complete.
      kept = [...kept.slice(0, before).filter((line) => !isHeld(line)), ...kept.slice(before)];
      keptBytes = kept.reduce((sum, { bytes }) => sum + bytes.length + LINE_BYTES, 0);
      taken.ring();
      if (wasOver) return await listened;
      if (!isOver) await wait(parts.restMs, signal);
      const isSilent = !(await hears(told, silence, signal));
      if (signal.aborted) return "stopped";
      if (isSilent) return "silent";
    }
  } finally {
    ending.abort();
    reply.body.destroy();
    await listened;
  }
}

/** Whether it told something before its silence was too long. */
async function hears(told: Bell, silence: Silence | undefined, signal: AbortSignal): Promise<boolean> {
  const beganAtMs = performance.now();
  await told.heard(silence?.maxMs ?? LONGEST_SILENCE_MS, signal);
  if (silence === undefined) return true;
  const hasHeard = performance.now() - beganAtMs < silence.maxMs;
  if (hasHeard) silence.told();
  else silence.passed();
  return hasHeard;
}

/** A timer can't be set for longer than 24.8 days. */
const LONGEST_SILENCE_MS = 24 * 3_600_000;

function broken(why: string, cause?: unknown): EngineError {
  return new EngineError(`a followed log broke off: ${why}`, { kind: "unreachable", cause });
}
