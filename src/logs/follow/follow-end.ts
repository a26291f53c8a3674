import { type Engine, EngineError, type LogReply } from "../../engine/engine.ts";
import { containerRun } from "./container-run.ts";
import { engineTraits } from "./engine-traits.ts";
import { readFromPosition } from "./from-position.ts";
import type { Reading } from "./reading.ts";
import type { Readings } from "./readings.ts";

/**
 * "ended": the container does not run, and all of its log was read; it may be started again. "removed": the engine no
 * longer knows it; "missed": it did not before anything of it was had, too. "unreadable": its driver gives nothing back.
 */
export type FollowEnd =
  | { readonly kind: "ended" | "removed" | "missed" | "stopped" }
  | { readonly kind: "unreadable"; readonly error: EngineError };

export interface FollowEndParts {
  readonly engine: Engine;
  readonly containerId: string;
  readonly readings: Readings;
  /** What was asked for when it died, if that was: whoever takes it closes it. */
  readonly takeEnd?: (() => OpenedEnd | undefined) | undefined;
  /** Of what is tried again. */
  readonly onFailure: (error: EngineError) => void;
}

export type EndParts = Pick<FollowEndParts, "engine" | "readings" | "takeEnd">;

/** What a container's log held when it died: the engine may have removed it since. */
export interface OpenedEnd {
  readonly reply: Promise<LogReply>;
  /** So many of its entries, from its end. */
  readonly tail: number | "all";
  /** So many lines were told of it that its follow may not have come to their end. */
  readonly hasToldMuch: boolean;
}

/** What the end of a reading means; nothing where it is to be read on. */
export async function followEnd(parts: FollowEndParts, end: Reading["end"]): Promise<FollowEnd | undefined> {
  const { readings, onFailure } = parts;
  if (end === "stopped") return { kind: "stopped" };
  if (!(end instanceof EngineError)) return undefined;
  if (end.kind === "unreadable-logs") return { kind: "unreadable", error: end };
  if (end.kind === "not-found") {
    await readEnd(parts);
    await readings.giveRest();
    if (readings.isMissed) return { kind: "missed" };
    if (readings.mayLackLast) readings.sayGap();
    return { kind: "removed" };
  }
  // What is refused was not begun, and breaks nothing off.
  readings.mayLackLast ||= end.kind !== "refused-by-engine";
  onFailure(end);
  return undefined;
}

/** Where a follow has ended, or there is none: whether the container's run has, or only the connection. */
export async function endOfRun(parts: FollowEndParts): Promise<FollowEnd | undefined> {
  const { engine, containerId, readings } = parts;
  readings.mayLackLast = false;
  await readEnd(parts);
  const { mayLackLast } = readings;
  const run = await containerRun(engine, containerId);
  readings.mayLackLast ||= run.isRunning;
  if (run.isRunning) return undefined;
  const { end } = await readFromPosition(readings, { follow: false });
  if (end !== "ended") {
    const means = await followEnd(parts, end);
    // Else what its follow told was all of it.
    readings.mayLackLast = mayLackLast;
    return means;
  }
  // Else it was started again, or the engine went down, while that was read.
  const again = await containerRun(engine, containerId);
  if (again.isRunning || again.startedAt !== run.startedAt) return undefined;
  // What the next run writes goes on with a Podman's last line.
  if (!engineTraits(await engine.connect()).untilNewline) await readings.giveRest();
  return { kind: "ended" };
}

/**
 * A follow may end before the last lines of a container that prints until it ends: of 20,000 as fast as it could, three
 * containers at once, 13 of 100 and 26 of 80 lacked up to three quarters (20.10.24), none of 100 on 28.5.2.
 */
export async function readEnd({ engine, readings, takeEnd }: EndParts): Promise<void> {
  const opened = takeEnd?.();
  if (opened === undefined) return;
  const { reply, tail, hasToldMuch } = opened;
  const ahead = await reply.catch(() => undefined);
  const isHad = ahead !== undefined && (await readings.read({ follow: false, tail, ahead })).end === "ended";
  if (isHad) readings.mayLackLast = false;
  else readings.mayLackLast ||= hasToldMuch && engineTraits(await engine.connect()).losesFollows;
}
