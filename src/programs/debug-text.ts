import type { ProgramRun } from "./program-run.ts";

/** All of a run as JSON, in the names of the older tool. */
export function debugText({ failure, returncode, stdout, stderr, metricsFile, metrics }: ProgramRun): string {
  const told = {
    returncode,
    stdout,
    stderr,
    "metrics-filename": metricsFile,
    metrics,
    ...(failure !== undefined && { error: failure.what }),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}
