import type { Reading } from "./reading.ts";
import type { Readings } from "./readings.ts";

/**
 * Entries from the end of the log, tried one after the other: a `since` costs the engine a reading of the whole log. All
 * of it twice before a position is taken for gone: an engine that shuts down ends a reading in its middle as if complete.
 */
const MOST_TAIL = 64_000;
const TAILS = [1_000, 8_000, MOST_TAIL, "all", "all"] as const;

/** Reads ever more of the log's end, until the position is in it, or is known to be gone. */
export async function readFromPosition(readings: Readings, { follow }: { follow: boolean }): Promise<Reading> {
  // What lies behind by as much again is likely to be further from the end than before; of what was there at first that
  // says nothing, and a second reading of all costs the engine as much as the first (2,000,000 lines: 18 s of its CPU).
  const likelyLines = Math.min(MOST_TAIL, 2 * readings.caughtUpLines);
  const first = TAILS.findIndex((tail) => tail === "all" || tail >= likelyLines);
  for (const tail of TAILS.slice(first)) {
    const reading = await readings.read({ follow, tail });
    if (reading.end !== "starts-too-late" && reading.end !== "not-found") return reading;
  }
  // Of a followed log nothing is told of its end, so that a snapshot has to show that the position is gone.
  return follow ? readFromPosition(readings, { follow: false }) : readings.readWhatIsLeft();
}
