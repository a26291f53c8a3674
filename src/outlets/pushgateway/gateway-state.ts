import { exportsBegan, exportsFailed, exportsRecovered, exportsStillFail } from "../../telemetry/events/outlet.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { failureName, failureState, type SendFailure } from "../otlp/request-sender.ts";
import { createStanding, type Standing } from "../standing.ts";
import { gatewayRemedy } from "./gateway-remedy.ts";

export interface GatewayState {
  readonly standing: Standing;
  succeeded(): void;
  failed(failure: SendFailure): void;
}

/** Whether pushes arrive, said once for each change. */
export function createGatewayState(url: URL, telemetry: Telemetry): GatewayState {
  const outlet = { outlet: "pushgateway", endpoint: url.href };
  const standing = createStanding();
  const failing = new Set<string>();
  let failingSinceMs = 0;
  let began = false;

  return {
    get standing() {
      return standing.now;
    },
    succeeded() {
      standing.succeeded();
      if (failing.size > 0) exportsRecovered(telemetry, { ...outlet, awayMs: performance.now() - failingSinceMs });
      else if (!began) exportsBegan(telemetry, outlet);
      began = true;
      failing.clear();
    },
    failed(failure) {
      const reason = failureName(failure);
      const { detail } = failure;
      const remedy = gatewayRemedy(failure, { authority: url.host });
      standing.failed([detail === "" ? reason : `${reason}: ${detail}`, remedy].join(". "));
      if (failing.size === 0) failingSinceMs = performance.now();
      const tell = failing.has(failureState(failure)) ? exportsStillFail : exportsFailed;
      tell(telemetry, { ...outlet, reason, detail, remedy, failedRequests: 1, requests: 1 });
      failing.add(failureState(failure));
    },
  };
}
