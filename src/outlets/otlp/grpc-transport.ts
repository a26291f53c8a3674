import type { Client, ClientUnaryCall, Metadata, ServiceError } from "@grpc/grpc-js";
import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import { createBackoff } from "../../kit/backoff.ts";
import { wait } from "../../kit/wait.ts";
import { retryDelayMs } from "./grpc-retry-info.ts";
import type { OtlpSignal } from "./otlp-options.ts";

const EXPORT_METHODS = {
  metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
} as const;

/** OTLP specification 1.7, "Failures": the status codes that a client may retry, by their numbers. */
const RETRYABLE = new Set([1, 4, 10, 11, 14, 15]);
const RESOURCE_EXHAUSTED = 8;
const STATUS_DETAILS = "grpc-status-details-bin";

// As the SDK's transport for HTTP retries.
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 5000;
const RETRY_FACTOR = 1.5;

/** One request over a gRPC client: what the SDK's own gRPC transport (0.301.0) does, with the retries that it lacks. */
export function createGrpcTransport(
  client: Client,
  { metadata, signal, once = false, of = "metrics" }: TransportOptions,
): IExporterTransport {
  const method = EXPORT_METHODS[of];
  return {
    async send(body, timeoutMillis) {
      const deadline = performance.now() + timeoutMillis;
      const backoff = createBackoff({ firstMs: FIRST_RETRY_MS, maxMs: MAX_RETRY_MS, factor: RETRY_FACTOR });
      for (;;) {
        const response = await call(client, {
          method,
          body,
          metadata,
          signal,
          timeoutMs: deadline - performance.now(),
        });
        if (response.status !== "retryable" || signal.aborted || once) return response;
        const waitMs = response.retryInMillis ?? backoff.next();
        if (performance.now() + waitMs >= deadline) return response;
        await wait(waitMs, signal);
        if (signal.aborted) return response;
      }
    },
    // The client outlives the request.
    shutdown() {},
  };
}

interface TransportOptions {
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
  readonly once?: boolean;
  readonly of?: OtlpSignal | undefined;
}

interface Call {
  readonly method: string;
  readonly body: Uint8Array;
  readonly metadata: Metadata;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

function call(client: Client, { method, body, metadata, signal, timeoutMs }: Call): Promise<ExportResponse> {
  return new Promise((resolve) => {
    const message = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const options = { deadline: Date.now() + timeoutMs };
    const abort = () => request.cancel();
    const done = (error: ServiceError | null, data?: Buffer) => {
      signal.removeEventListener("abort", abort);
      resolve(error === null ? { status: "success", ...(data && { data }) } : refusal(error));
    };
    const request: ClientUnaryCall = client.makeUnaryRequest(method, asIs, asIs, message, metadata, options, done);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}

/** RESOURCE_EXHAUSTED is worth another try only where the receiver says when. */
function refusal(error: ServiceError): ExportResponse {
  const [details] = error.metadata?.get(STATUS_DETAILS) ?? [];
  const retryInMillis = details instanceof Uint8Array ? retryDelayMs(details) : undefined;
  if (!RETRYABLE.has(error.code) && !(error.code === RESOURCE_EXHAUSTED && retryInMillis !== undefined)) {
    return { status: "failure", error };
  }
  return { status: "retryable", error, ...(retryInMillis !== undefined && { retryInMillis }) };
}

function asIs(message: Buffer): Buffer {
  return message;
}
