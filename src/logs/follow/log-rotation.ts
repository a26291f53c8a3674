import type { EngineTraits } from "./engine-traits.ts";
import type { ReadingOptions } from "./reading.ts";

/** How a log driver removes old lines by itself, also those that nobody has read. */
export interface LogRotation {
  /** At which size it leaves a file, as far as that is known. */
  readonly fileBytes?: number | undefined;
  /** How many it keeps, the one that it writes among them: one if not given, as the driver does. */
  readonly keptFiles?: number | undefined;
  /** What it removes is had from answers that were opened before. */
  readonly isOpenedAhead: boolean;
}

export interface LogFilesAhead {
  readonly fileBytes: number;
  readonly keptFiles: number;
}

/** What a container can write through the engine at most: 600,000 lines, 102 MB, in 3 s (28.5.2, two cores). */
export const BURST_BYTES_PER_MS = 40_000;
/** A file of that size is written sooner than a follow may come to read it. */
const SMALL_FILE_BYTES = 1_000_000;
const LEAST_REST_MS = 10;
const LONGEST_REST_MS = 250;
/**
 * Beyond this rate snapshots are read instead of a follow, which goes on with the newest file whatever lies between
 * (28.5.2), or tells lines twice and lacks others (20.10.24). See docs/decisions/0015.
 */
const BYTES_PER_SECOND = 256 * 1024;
const MOST_BYTES_PER_SECOND = 2 * 1024 * 1024;
/** A follow whose lines waited so long for the disk may have been left behind by the driver's rotation. */
const STALL_MS = 1_000;
/** On 20.10.24 the follow of a json-file stops for good at some rotations, and nothing tells so. */
export const SILENCE_MS = 30_000;

/** Whether a follow may pass over whole files of the log, which a snapshot has. */
export function hasSmallFiles(rotation: LogRotation | undefined): boolean {
  return (rotation?.fileBytes ?? Number.POSITIVE_INFINITY) < SMALL_FILE_BYTES;
}

/** How long to wait from one snapshot to the next: what a burst fills the log in, if that is neither short nor long. */
export function restMs({ fileBytes = 0, keptFiles = 1 }: Partial<LogRotation> = {}): number {
  return Math.max(LEAST_REST_MS, Math.min(LONGEST_REST_MS, (fileBytes * keptFiles) / BURST_BYTES_PER_MS));
}

/** What its snapshots hold of it; nothing where none are opened ahead. */
export function filesAhead(rotation: LogRotation | undefined, engine: EngineTraits): LogFilesAhead | undefined {
  if (!rotation?.isOpenedAhead || rotation.fileBytes === undefined || !engine.holdsSnapshots) return undefined;
  return { fileBytes: rotation.fileBytes, keptFiles: rotation.keptFiles ?? 1 };
}

/** Past which a follow may lose what the driver removes; none of a log that does not rotate. */
export function followBounds(
  rotation: LogRotation | undefined,
  engine: EngineTraits,
  maxSilenceMs: number,
): Pick<ReadingOptions, "maxBytesPerSecond" | "maxStallMs" | "maxSilenceMs"> {
  if (rotation === undefined) return {};
  return {
    maxBytesPerSecond: mostBytesPerSecond(rotation, engine),
    maxStallMs: STALL_MS,
    maxSilenceMs: engine.losesFollows ? maxSilenceMs : undefined,
  };
}

function mostBytesPerSecond(rotation: LogRotation, engine: EngineTraits): number | undefined {
  const ahead = filesAhead(rotation, engine);
  if (ahead === undefined) return engine.losesFollows ? BYTES_PER_SECOND : undefined;
  // A file in eight seconds, so that a steady printer is followed: there is time enough to read it.
  return Math.max(BYTES_PER_SECOND, Math.min(MOST_BYTES_PER_SECOND, ahead.fileBytes / 8));
}
