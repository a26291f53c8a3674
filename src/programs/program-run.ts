import type { MetricFamily } from "../families/metric-family.ts";

/** How a run of a program went. */
export interface ProgramRun {
  /** Absent: it went well. */
  readonly failure?: RunFailure;
  /** The exit code; of one that a signal ended, the signal's number below zero. */
  readonly returncode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The path that it was given; empty when it was not started. */
  readonly metricsFile: string;
  /** What it wrote there, as far as it is text and no more than it may be. */
  readonly metrics: string;
  readonly families: readonly MetricFamily[];
  /** Without the time that it waited for its turn. */
  readonly tookMs: number;
}

export interface RunFailure {
  readonly kind: FailureKind;
  /** The end of a sentence that begins with the program: "exited with code 3". */
  readonly what: string;
}

/** As a label's value too. */
export type FailureKind = "busy" | "stopped" | "start" | "time" | "output" | "exit" | "metrics";

export function notRun(failure: RunFailure): ProgramRun {
  return { failure, returncode: null, stdout: "", stderr: "", metricsFile: "", metrics: "", families: [], tookMs: 0 };
}
