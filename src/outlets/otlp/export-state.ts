import { answerUnreadable, pointsRejected } from "../../telemetry/events/outlet.ts";
import type { Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createArrivals } from "../arrivals.ts";
import { failureRemedy } from "./failure-remedy.ts";
import type { OtlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpProtocol, OtlpSignal } from "./otlp-options.ts";
import type { Accepted, SendFailure } from "./request-sender.ts";

/** How an export went. */
export interface ExportReport {
  /** That were sent, whether they arrived or not. */
  readonly requests: number;
  readonly failedRequests: number;
  /** That were accepted. */
  readonly points: number;
  /** The first failure; absent: everything arrived. */
  readonly failure?: SendFailure;
}

export interface ExportState {
  readonly standing: Standing;
  exported(report: ExportReport): void;
  answered(answer: Accepted): void;
}

interface StateOptions {
  readonly endpoint: OtlpEndpoint;
  readonly protocol: OtlpProtocol;
  readonly signal?: OtlpSignal | undefined;
  readonly telemetry: Telemetry;
}

/** A receiver with more to say than this repeats itself in other words. */
const MAX_SAID = 20;

/** Whether exports arrive, said once for each change. */
export function createExportState({ endpoint, protocol, signal, telemetry }: StateOptions): ExportState {
  const outlet = { outlet: signal === "logs" ? "otlp-logs" : "otlp", endpoint: endpoint.shown };
  const arrivals = createArrivals(outlet, telemetry);
  let saidUnreadable = false;
  const saidMessages = new Set<string>();

  return {
    get standing() {
      return arrivals.standing;
    },
    exported({ failure, requests, failedRequests }) {
      if (failure !== undefined) {
        const remedy = failureRemedy(failure, { endpoint, protocol, signal });
        arrivals.failed(failure, { remedy, requests, failedRequests });
      } else if (requests > 0) arrivals.arrived();
    },
    answered({ rejectedPoints, message = "", unreadable = false }) {
      if (unreadable && !saidUnreadable) {
        saidUnreadable = true;
        answerUnreadable(telemetry, outlet);
      }
      if (rejectedPoints > 0 || message !== "") {
        // The same but for a count or a time in it is nothing new to a person.
        const said = message.replace(/\d+/g, "0");
        if (saidMessages.has(said) || saidMessages.size >= MAX_SAID) return;
        saidMessages.add(said);
        pointsRejected(telemetry, { ...outlet, rejectedPoints, message });
      }
    },
  };
}
