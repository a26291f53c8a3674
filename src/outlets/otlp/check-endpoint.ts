import { labelSet } from "../../families/label-set.ts";
import { hrTimeFromMs, metricFamily } from "../../families/metric-family.ts";
import type { OtlpRequest } from "../../families/otlp-request.ts";
import { REVISION, VERSION } from "../../kit/version.ts";
import { OWN_METRICS } from "../../telemetry/own-metrics.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createSender, encoderOf } from "./create-sender.ts";
import { failureRemedy } from "./failure-remedy.ts";
import { type OtlpEndpoint, otlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpOptions } from "./otlp-options.ts";
import { failureName } from "./request-sender.ts";
import { routeSdkMessages } from "./sdk-messages.ts";

export interface EndpointFinding {
  readonly ok: boolean;
  readonly message: string;
  readonly remedy?: string;
}

/** Sends one real request, of the agent's build info alone, without retries. */
export async function checkEndpoint(
  options: Omit<OtlpOptions, "intervalMs">,
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
    const result = await sender.send(buildInfoRequest(options), limits);
    if (!result.accepted) {
      const { failure } = result;
      const said = failure.detail === "" ? "" : `: ${failure.detail}`;
      const remedy = failureRemedy(failure, { endpoint, protocol: options.protocol });
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

function buildInfoRequest({ protocol, resource }: Pick<OtlpOptions, "protocol" | "resource">): OtlpRequest {
  const family = metricFamily({ name: "tallyman_build_info", ...OWN_METRICS.tallyman_build_info });
  const now = hrTimeFromMs(Date.now());
  const attributes = labelSet({ version: VERSION, revision: REVISION, node_version: process.versions.node });
  family.dataPoints.push({ attributes, value: 1, startTime: now, endTime: now });
  const sender = { resource: resource(), scope: { name: "tallyman", version: VERSION } };
  const [request] = encoderOf(protocol).requests(sender, [family], Number.POSITIVE_INFINITY);
  return request as OtlpRequest;
}
