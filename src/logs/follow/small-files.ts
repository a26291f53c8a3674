export interface RotatingLog {
  readonly isRotating?: boolean;
  /** At which size the driver leaves a file, if it does. */
  readonly fileBytes?: number | undefined;
  /** How many files it keeps: one if not given. */
  readonly keptFiles?: number | undefined;
}

/** What a container can write through the engine at most: 600,000 lines, 102 MB, in 3 s (28.5.2, two cores). */
const BURST_BYTES_PER_MS = 40_000;
/** A file of that size is written sooner than a follow may come to read it. */
const SMALL_FILE_BYTES = 1_000_000;
const LEAST_REST_MS = 10;
const LONGEST_REST_MS = 250;

/** Whether a follow may pass over whole files of the log, which a snapshot has. */
export function hasSmallFiles({ isRotating = false, fileBytes = Number.POSITIVE_INFINITY }: RotatingLog): boolean {
  return isRotating && fileBytes < SMALL_FILE_BYTES;
}

/** How long to wait from one snapshot to the next: what a burst fills the log in, if that is neither short nor long. */
export function restMs({ fileBytes = 0, keptFiles = 1 }: RotatingLog): number {
  return Math.max(LEAST_REST_MS, Math.min(LONGEST_REST_MS, (fileBytes * keptFiles) / BURST_BYTES_PER_MS));
}
