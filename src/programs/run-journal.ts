import { programFailed, programRan, programRecovered, programStillFails } from "../telemetry/events/programs.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { FailureKind, ProgramRun } from "./program-run.ts";

export interface RunJournal {
  /** Counts the run, and says what changed with it. */
  told(exporter: string, run: Pick<ProgramRun, "failure">): void;
}

/** These tell of the agent or its client, not of the program. */
const NOT_ITS_FAULT: readonly FailureKind[] = ["busy", "stopped"];

export function createRunJournal(telemetry: Telemetry): RunJournal {
  const failing = new Map<string, Set<FailureKind>>();
  return {
    told(exporter, { failure }) {
      programRan(telemetry, { exporter, outcome: failure?.kind ?? "success" });
      const said = failing.get(exporter);
      if (failure === undefined) {
        if (said !== undefined) programRecovered(telemetry, { exporter });
        failing.delete(exporter);
      } else if (NOT_ITS_FAULT.includes(failure.kind) || said?.has(failure.kind)) {
        programStillFails(telemetry, { exporter, reason: failure.what });
      } else {
        programFailed(telemetry, { exporter, reason: failure.what });
        failing.set(exporter, (said ?? new Set()).add(failure.kind));
      }
    },
  };
}
