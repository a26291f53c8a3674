import type { Log } from "../log.ts";

/** The first time of a row. */
export function collectedAtFileFailed(log: Log, about: { file: string; error: string }) {
  log.warn("File that tells when was collected can't be written", about);
}

export function collectedAtFileReturned(log: Log, file: string) {
  log.info("File that tells when was collected is written again", { file });
}
