import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createSender } from "./create-sender.ts";
import { failureRemedy } from "./failure-remedy.ts";
import { type OtlpEndpoint, otlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpConnectionOptions } from "./otlp-options.ts";
import { failureName, type OutgoingRequest } from "./request-sender.ts";
import { routeSdkMessages } from "./sdk-messages.ts";

export interface EndpointFinding {
  readonly ok: boolean;
  readonly message: string;
  readonly remedy?: string;
}

/** Sends one request, which holds nothing, without retries. */
export async function checkEndpoint(
  options: OtlpConnectionOptions & { readonly timeoutMs: number },
  { log }: Telemetry,
): Promise<EndpointFinding> {
  let endpoint: OtlpEndpoint;
  try {
    endpoint = otlpEndpoint(options);
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
  await routeSdkMessages(log);
  const sender = await createSender(endpoint, options);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), options.timeoutMs);
  const startedAt = performance.now();
  try {
    const limits = { timeoutMs: options.timeoutMs, signal: giveUp.signal, once: true };
    const result = await sender.send(emptyRequest(options), limits);
    if (!result.accepted) {
      const { failure } = result;
      const said = failure.detail === "" ? "" : `: ${failure.detail}`;
      const remedy = failureRemedy(failure, { endpoint, protocol: options.protocol, signal: options.signal });
      return { ok: false, message: `${endpoint.shown}: ${failureName(failure)}${said}`, remedy };
    }
    if (result.unreadable) {
      return {
        ok: false,
        message: `${endpoint.shown}: the request was accepted with an answer that is not OTLP`,
        remedy: "Check that an OTLP receiver listens there and that the path is right.",
      };
    }
    const wallMs = Math.round(performance.now() - startedAt);
    const said = result.message === undefined ? "" : `, and said: ${result.message}`;
    const accepted = `${endpoint.shown}: accepted an OTLP request (${options.protocol}) in ${wallMs} ms${said}`;
    return { ok: result.rejectedPoints === 0, message: accepted };
  } finally {
    clearTimeout(timer);
    sender.close();
  }
}

/**
 * Valid in each encoding, and without a point: for each request that has one Prometheus (3.13, seen) writes `target_info` at
 * the point's time, and what a running agent read a moment before would be refused whole, as out of order.
 */
function emptyRequest({ protocol, signal }: OtlpConnectionOptions): OutgoingRequest {
  const json = signal === "logs" ? '{"resourceLogs":[]}' : '{"resourceMetrics":[]}';
  return { body: Buffer.from(protocol === "http/json" ? json : ""), pointCount: 0 };
}
