import { EngineError, type LogReply } from "../../engine/engine.ts";
import { type Bell, createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import { createLineAssembler, type LineOptions } from "../lines.ts";
import { createPieceDecoder } from "../pieces/piece-decoder.ts";
import type { HeardLines } from "./heard-lines.ts";
import type { Reading } from "./reading.ts";
import type { Readings } from "./readings.ts";
import type { Silence } from "./silence.ts";

export interface BellFollowParts extends LineOptions {
  readonly reply: LogReply;
  readonly readings: Pick<Readings, "hasLost" | "giveLast">;
  /** What it told goes there. */
  readonly heard: HeardLines;
  /** Reads all that the engine has by now, and gives it. */
  readonly catchUp: () => Promise<Pick<Reading, "end">>;
  /** The engine no longer has the container: what was asked for before it went is read. */
  readonly onGone: () => Promise<void>;
  /** What the container printed last may be in none of it. */
  readonly onLack: () => void;
  /** Between two readings of what is there. */
  readonly restMs: number;
  /** Past which it ends. */
  readonly silence?: Silence | undefined;
  readonly signal: AbortSignal;
}

const LOOK_AGAIN_MS = 250;
const LONGEST_REST_MS = 250;

/**
 * A follow of a log whose files are soon full: it may pass over some unseen (moby 20.10.24 and 28.5.2: it reads its file to
 * the end, and goes on with the one that is written by then). So it tells that there is more, and a snapshot what. What it
 * told itself is for what the driver removed before that, and for when the container is removed.
 */
export async function followAsBell(parts: BellFollowParts): Promise<Reading["end"]> {
  const { reply, readings, heard, catchUp, restMs, silence, signal } = parts;
  const told = createBell();
  const decoder = createPieceDecoder(parts);
  const assembler = createLineAssembler(parts);
  const ending = new AbortController();
  let isOver = false;

  async function listen(): Promise<Reading["end"]> {
    try {
      for await (const chunk of reply.body) {
        // A copy, since its lines are kept, and it is written over.
        heard.add(assembler.push(decoder.push(Buffer.from(chunk))));
        told.ring();
        await heard.untilRoom(ending.signal);
      }
      heard.add(assembler.push(decoder.flush()));
      return reply.isEndTold ? "ended" : broken("it was closed without an end");
    } catch (cause) {
      return cause instanceof EngineError ? cause : broken((cause as Error).message, cause);
    } finally {
      isOver = true;
      heard.end();
      told.ring();
    }
  }

  async function giveRest() {
    while (!isOver && !signal.aborted) {
      if (heard.count > 0) await readings.giveLast(heard.takeAll());
      else await told.heard(LOOK_AGAIN_MS, signal);
    }
    await readings.giveLast([...heard.takeAll(), ...assembler.flush()]);
  }

  const listened = listen();
  try {
    for (;;) {
      const wasOver = isOver;
      const { end } = await catchUp();
      if (end instanceof EngineError && end.kind === "not-found") {
        // The log as it was when the container died has more of it than a follow, and how often each time comes.
        await parts.onGone();
        await giveRest();
        if ((await listened) !== "ended") parts.onLack();
        return end;
      }
      if (end !== "ended") return end;
      if (wasOver) return await listened;
      // Of one that loses lines to snapshots the follow has the more, if it is left alone.
      if (readings.hasLost) await heard.untilPause({ pauseMs: restMs, withinMs: LONGEST_REST_MS }, signal);
      else if (!isOver) await wait(restMs, signal);
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
