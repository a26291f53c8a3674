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
/** Of a log that has less in all, a snapshot comes too late for a burst as well. */
const LEAST_LOG_BYTES = 1_000_000;
const LONGEST_REST_MS = 250;

/** Whether a follow may pass over whole files of the log, which a snapshot has. */
export function hasSmallFiles(log: RotatingLog): boolean {
  const { isRotating = false, fileBytes = Number.POSITIVE_INFINITY } = log;
  return isRotating && fileBytes < SMALL_FILE_BYTES && logBytes(log) >= LEAST_LOG_BYTES;
}

/** How long to wait from one snapshot to the next, so that nothing is removed unread. */
export function restMs(log: RotatingLog): number {
  return Math.min(LONGEST_REST_MS, logBytes(log) / BURST_BYTES_PER_MS);
}

function logBytes({ fileBytes = 0, keptFiles = 1 }: RotatingLog): number {
  return fileBytes * keptFiles;
}
