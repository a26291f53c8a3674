import {
  answerUnreadable,
  exportsBegan,
  exportsFailed,
  exportsRecovered,
  exportsStillFail,
  pointsRejected,
} from "../../telemetry/events/outlet.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createStanding, type Standing } from "../standing.ts";
import { failureRemedy } from "./failure-remedy.ts";
import type { OtlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpProtocol, OtlpSignal } from "./otlp-options.ts";
import { type Accepted, failureName, failureState, type SendFailure } from "./request-sender.ts";

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
  const standing = createStanding();
  const failing = new Set<string>();
  let failingSinceMs = 0;
  let began = false;
  let saidUnreadable = false;
  const saidMessages = new Set<string>();

  function failed({ requests, failedRequests }: ExportReport, failure: SendFailure) {
    const state = failureState(failure);
    const { detail } = failure;
    const remedy = failureRemedy(failure, { endpoint, protocol, signal });
    standing.failed([`${failureName(failure)}${detail === "" ? "" : `: ${detail}`}`, remedy].join(". "));
    const described = { ...outlet, reason: failureName(failure), detail, remedy, failedRequests, requests };
    if (failing.size === 0) failingSinceMs = performance.now();
    if (failing.has(state)) exportsStillFail(telemetry, described);
    else exportsFailed(telemetry, described);
    failing.add(state);
  }

  return {
    get standing() {
      return standing.now;
    },
    exported(report) {
      if (report.failure !== undefined) return failed(report, report.failure);
      if (report.requests === 0) return;
      standing.succeeded();
      if (failing.size > 0) {
        exportsRecovered(telemetry, { ...outlet, awayMs: performance.now() - failingSinceMs });
      } else if (!began) exportsBegan(telemetry, outlet);
      began = true;
      failing.clear();
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
