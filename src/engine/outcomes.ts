import { engineReadingAllowed, engineReadingForbidden, engineRequestFailed } from "../telemetry/events/engine.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { EngineError } from "./engine.ts";

export interface Outcomes {
  /** Runs `work` and tells of its failure, except of one that the signal's abort brought about. */
  of<T>(operation: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Counts what fails; a proxy's refusals are said once each, until they end. */
export function createOutcomes(telemetry: Telemetry): Outcomes {
  const forbidden = new Set<string>();

  function tellOf(operation: string, error: EngineError) {
    // A container that is gone by now is an expected end.
    if (error.kind === "not-found") return;
    engineRequestFailed(telemetry, error);
    if (error.kind !== "forbidden" || forbidden.has(operation) || TOLD_BY_THE_WATCH.has(operation)) return;
    forbidden.add(operation);
    engineReadingForbidden(telemetry, error);
  }

  return {
    async of(operation, work, signal) {
      try {
        const result = await work();
        if (forbidden.delete(operation)) engineReadingAllowed(telemetry, operation);
        return result;
      } catch (error) {
        if (error instanceof EngineError && !signal?.aborted) tellOf(operation, error);
        throw error;
      }
    },
  };
}

/** Whether the engine is there and tells its events: the watch says so itself, with the same error. */
const TOLD_BY_THE_WATCH: ReadonlySet<string> = new Set(["ping", "events"]);
