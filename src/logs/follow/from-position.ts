import { EngineError } from "../../engine/engine.ts";
import { isBeingRemoved } from "./container-run.ts";
import type { LateFollow } from "./late-follow.ts";
import type { Reading } from "./reading.ts";
import type { Readings, ReadingsOptions } from "./readings.ts";

type Tail = (typeof TAILS)[number];

/** Entries from the end of the log, tried one after the other: a `since` costs the engine a reading of the whole log. */
const MOST_TAIL = 64_000;
const TAILS = [1_000, 8_000, MOST_TAIL, "all"] as const;
const LEAST_READINGS = 5;

export interface FromPosition {
  readonly follow: boolean;
  readonly from?: Tail;
  readonly onOpen?: () => void;
}

/** Reads ever more of the log's end, until the position is in it, or is known to be gone. */
export async function readFromPosition(readings: Readings, { follow, from, onOpen }: FromPosition): Promise<Reading> {
  // Some readings, and all of it twice, before a position is taken for gone: an engine that shuts down ends one in its
  // middle as if complete, and so does a proxy.
  let tail = from ?? likelyTail(readings);
  for (let count = 0, countOfAll = 0; count < LEAST_READINGS || countOfAll < 2; count++) {
    const reading = await readings.read({ follow, tail, onOpen });
    if (!isElsewhere(reading)) return reading;
    if (tail === "all") countOfAll++;
    else tail = tailAfter(tail, reading);
  }
  // Of a followed log nothing is told of its end, so that a snapshot has to show that the position is gone.
  return follow ? readFromPosition(readings, { follow: false }) : readWhatIsLeft(readings);
}

async function readWhatIsLeft(readings: Readings): Promise<Reading> {
  const spare = await readings.takeSpare();
  const reading = await readings.readWhatIsLeft(spare);
  // What was printed since that was opened is in another, and no follow that is open by now need have told it.
  return spare && reading.end === "ended" ? readFromPosition(readings, { follow: false }) : reading;
}

/**
 * Follows a log at once, so that what its container says last is had though it is removed. Where the follow begins after
 * the position it is let go of when one that begins earlier is open, or else is all that is left.
 */
export async function followFromPosition(
  readings: Readings,
  { engine, containerId }: Pick<ReadingsOptions, "engine" | "containerId">,
): Promise<Reading> {
  let late: LateFollow | undefined;

  function letGo() {
    late?.close();
    late = undefined;
  }

  /** All that is left of a container that the engine has removed. */
  async function giveLateOf({ end }: Reading) {
    if (late === undefined || !(end instanceof EngineError)) return;
    const isRefused = end.kind === "refused-by-engine";
    if (end.kind === "not-found" || (isRefused && (await isBeingRemoved(engine, containerId))))
      await readings.giveLate(late);
  }

  async function search({ mayMissPosition }: { mayMissPosition: boolean }) {
    for (let tail = likelyTail(readings); ; ) {
      const reading = await readings.read({ follow: true, tail, mayMissPosition, staysOpen: true, onOpen: letGo });
      await giveLateOf(reading);
      late = reading.late ?? late;
      if (reading.end !== "starts-too-late" || tail === "all") return { reading, tail };
      tail = tailAfter(tail, reading);
    }
  }

  try {
    const { reading, tail } = await search({ mayMissPosition: true });
    if (!isElsewhere(reading)) return reading;
    const snapshot = await readFromPosition(readings, { follow: false, from: tail, onOpen: letGo });
    await giveLateOf(snapshot);
    if (snapshot.end !== "ended") return snapshot;
    return (await search({ mayMissPosition: false })).reading;
  } finally {
    letGo();
  }
}

/**
 * What lies behind by as much again is likely to be further from the end than before; of what was there at first that says
 * nothing, and a second reading of all costs the engine as much as the first (2,000,000 lines: 18 s of its CPU).
 */
function likelyTail({ caughtUpLines }: Readings): Tail {
  return TAILS.find((tail) => tail === "all" || tail >= Math.min(MOST_TAIL, 2 * caughtUpLines)) ?? "all";
}

/**
 * Where a reading has the position almost as its first line, and nothing before it proves that none of the same time was left
 * out, the log is short: then all of it proves that, and costs no more. That the log was long and the position was that far
 * from its end is seldom.
 */
function tailAfter(tail: number, { lines: { linesBefore } }: Reading): Tail {
  if (linesBefore !== undefined && linesBefore < tail / 10) return "all";
  return TAILS.find((next) => next === "all" || next > tail) ?? "all";
}

function isElsewhere({ end }: Reading): boolean {
  return end === "starts-too-late" || end === "not-found";
}
