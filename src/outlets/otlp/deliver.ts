import type { OtlpRequest } from "../../families/otlp-request.ts";
import { requestAccepted, requestFailed } from "../../telemetry/events/outlet.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { ExportReport, ExportState } from "./export-state.ts";
import { failsAllAlike } from "./failure-remedy.ts";
import type { RequestSender, SendFailure } from "./request-sender.ts";
import type { TimeLimit } from "./time-limits.ts";

/** A request on its way, and what is to be done once it is accepted. */
export interface Delivery {
  readonly request: OtlpRequest;
  onAccepted?(): void;
}

interface Means {
  readonly sender: RequestSender;
  readonly state: ExportState;
  readonly telemetry: Telemetry;
}

/** So that one is compressed and travels while the next is encoded; more made nothing faster, and hold more memory. */
const PARALLEL_REQUESTS = 2;

/** Sends requests, made only when their turn comes, until the time is up or the receiver refuses all alike. */
export async function deliver(deliveries: Iterator<Delivery>, limit: TimeLimit, means: Means): Promise<ExportReport> {
  const { sender, state, telemetry } = means;
  const report = { requests: 0, failedRequests: 0, points: 0 };
  let failure: SendFailure | undefined;
  let hopeless = false;
  let exhausted = false;

  async function work() {
    while (!hopeless && !limit.signal.aborted) {
      const next = deliveries.next();
      if (next.done) {
        exhausted = true;
        return;
      }
      const { request } = next.value;
      report.requests++;
      const result = await sender.send(request, { timeoutMs: limit.remainingMs(), signal: limit.signal });
      if (result.accepted) {
        const { rejectedPoints } = result;
        const partial = rejectedPoints > 0 || result.message !== undefined;
        report.points += request.pointCount - rejectedPoints;
        const counted = { points: request.pointCount, bytes: request.body.length, rejectedPoints, partial };
        requestAccepted(telemetry, { outlet: "otlp", ...counted });
        state.answered(result);
        next.value.onAccepted?.();
      } else {
        report.failedRequests++;
        requestFailed(telemetry, { outlet: "otlp" });
        failure ??= result.failure;
        hopeless ||= failsAllAlike(result.failure);
      }
    }
  }

  await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work));
  if (!exhausted && !hopeless) failure ??= { kind: "timeout", detail: "the time was up before every request was sent" };
  return failure === undefined ? report : { ...report, failure };
}
