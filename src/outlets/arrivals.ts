import { exportsBegan, exportsFailed, exportsRecovered, exportsStillFail } from "../telemetry/events/outlet.ts";
import { createStanding, type Standing } from "../telemetry/standing.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { failureName, failureState, type SendFailure } from "./otlp/request-sender.ts";

export interface Arrivals {
  readonly standing: Standing;
  /** Everything arrived. */
  arrived(): void;
  failed(failure: SendFailure, circumstances: Circumstances): void;
}

interface Circumstances {
  /** What a person can do about it. */
  readonly remedy: string;
  readonly requests: number;
  readonly failedRequests: number;
}

/** Whether an outlet's exports arrive, said once for each change. */
export function createArrivals(outlet: { outlet: string; endpoint: string }, telemetry: Telemetry): Arrivals {
  const standing = createStanding();
  const failing = new Set<string>();
  let failingSinceMs = 0;
  let began = false;

  return {
    get standing() {
      return standing.now;
    },
    arrived() {
      standing.succeeded();
      if (failing.size > 0) exportsRecovered(telemetry, { ...outlet, awayMs: performance.now() - failingSinceMs });
      else if (!began) exportsBegan(telemetry, outlet);
      began = true;
      failing.clear();
    },
    failed(failure, circumstances) {
      const { detail } = failure;
      const reason = failureName(failure);
      const state = failureState(failure);
      standing.failed([detail === "" ? reason : `${reason}: ${detail}`, circumstances.remedy].join(". "));
      if (failing.size === 0) failingSinceMs = performance.now();
      const tell = failing.has(state) ? exportsStillFail : exportsFailed;
      tell(telemetry, { ...outlet, reason, detail, ...circumstances });
      failing.add(state);
    },
  };
}
