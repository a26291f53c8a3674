import type { LogReply } from "../../engine/engine.ts";
import type { Reading } from "./reading.ts";
import type { SnapshotsAhead } from "./snapshots-ahead.ts";

export interface CatchUpParts {
  readonly ahead: SnapshotsAhead;
  /** Reads a snapshot, one that was opened ahead if it is given. */
  readonly read: (tail: number | "all", opened?: LogReply) => Promise<Reading>;
  readonly heldUntil: () => string | undefined;
  /** By how many lines at least, if it is known. */
  readonly behindBy: number;
}

/** Entries from the end of the log that are cheap to ask for. */
const TAILS = [1_000, 8_000, 64_000] as const;
/** After so many, one that always loses more has to wait as others do. */
const MOST_GAPS = 20;
/** A snapshot with fewer new lines was at the head of the log. */
export const FEW_LINES = 500;

/**
 * Reads snapshots of a log that rotates until its head is reached: from its end where the position is likely to be there,
 * else those that were opened ahead. Gives none when it can't tell, of which a search finds the reason.
 */
export async function catchUp({ ahead, read, heldUntil, behindBy }: CatchUpParts): Promise<Reading | undefined> {
  let lines = behindBy;
  let gaps = 0;
  for (;;) {
    const tail = TAILS.find((most) => most >= 2 * lines);
    if (tail !== undefined) {
      const reading = await read(tail);
      if (reading.end === "stopped" || (reading.end === "ended" && reading.newLines < FEW_LINES)) return reading;
      // Of a container that was removed meanwhile, what was opened ahead is all that is left.
      lines = reading.end === "ended" ? reading.newLines : Number.POSITIVE_INFINITY;
    } else {
      const opened = await ahead.next(heldUntil());
      if (opened === undefined) return undefined;
      const reading = await read("all", opened);
      if (reading.end === "stopped") return reading;
      if (reading.end !== "ended") return undefined;
      // Of what the driver removed before it could be read, the log's end tells nothing.
      const wasGap = reading.lines.gapBefore !== undefined && ++gaps < MOST_GAPS;
      if (!wasGap && reading.newLines < FEW_LINES && !ahead.hasAfter(heldUntil())) return reading;
      lines = wasGap ? Number.POSITIVE_INFINITY : reading.newLines;
    }
  }
}
