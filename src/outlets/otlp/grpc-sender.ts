import type { ChannelCredentials, Client, Metadata } from "@grpc/grpc-js";
import { VERSION } from "../../kit/version.ts";
import {
  ConnectionFileError,
  requestHeaders,
  sameMaterial,
  type TlsMaterial,
  tlsMaterial,
} from "./connection-files.ts";
import { POINT_COUNT, sendThrough } from "./delegate-send.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import type { OtlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpConnectionOptions } from "./otlp-options.ts";
import { type RequestSender, refused, type SendFailure } from "./request-sender.ts";

type Grpc = typeof import("@grpc/grpc-js");

/** grpc-js' own numbers of its compression algorithms. */
const COMPRESSION = { none: 0, gzip: 2 } as const;

/**
 * A receiver that is back is found within seconds. By default (grpc-js 1.14) a channel waits up to 120 s between two
 * connections and 30 s between two look-ups of the name, which also paces its new connections.
 */
const RECONNECT_BACKOFF = {
  "grpc.initial_reconnect_backoff_ms": 500,
  "grpc.max_reconnect_backoff_ms": 3000,
  "grpc.dns_min_time_between_resolutions_ms": 1000,
};

/** A connection on which nothing was answered so often in a row may be dead without either side having noticed. */
const MAX_UNANSWERED = 2;
const DEADLINE_EXCEEDED = 4;

/**
 * OTLP over gRPC: the SDK's export delegate on a transport of ours, because the SDK's (0.301.0) has no retries and
 * takes no channel options, so that it needs half a minute to find a receiver again.
 */
export async function createGrpcSender(endpoint: OtlpEndpoint, options: OtlpConnectionOptions): Promise<RequestSender> {
  const [grpc, { createOtlpNetworkExportDelegate, ExporterMetrics }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@opentelemetry/otlp-exporter-base"),
  ]);
  const clients = createClients(grpc, endpoint, options);
  const metrics = new ExporterMetrics({
    componentType: "tallyman",
    metricsHelper: POINT_COUNT,
    url: endpoint.url,
    meterProvider: undefined,
    responseAttributesFromError: () => ({}),
  });

  return {
    async send(request, { timeoutMs, signal, once = false }) {
      let client: Client;
      let metadata: Metadata;
      try {
        [client, metadata] = [await clients.current(), metadataOf(grpc, await requestHeaders(options))];
      } catch (error) {
        return refused({ kind: "local", detail: (error as Error).message });
      }
      const transport = createGrpcTransport(client, { metadata, signal, once, of: options.signal });
      const limits = { timeoutMillis: Math.max(1, timeoutMs), concurrencyLimit: 1, compression: "none" as never };
      const result = await sendThrough(
        (serializer) => createOtlpNetworkExportDelegate(limits, serializer, metrics, transport),
        request,
        "protobuf",
      );
      clients.answered(!(result instanceof Error && (signal.aborted || codeOf(result) === DEADLINE_EXCEEDED)));
      return result instanceof Error
        ? refused(failureOf(grpc, result, { timeoutMs, aborted: signal.aborted }))
        : result;
    },
    close: clients.close,
  };
}

function createClients(grpc: Grpc, { authority, secure }: OtlpEndpoint, options: OtlpConnectionOptions) {
  let known: { client: Client; material: TlsMaterial } | undefined;
  let unanswered = 0;
  const channelOptions = {
    ...RECONNECT_BACKOFF,
    "grpc.default_compression_algorithm": COMPRESSION[options.compression],
    "grpc.primary_user_agent": `tallyman/${VERSION}`,
    "grpc.enable_retries": 0,
    // Else a new client would be given the old one's connection back.
    "grpc.use_local_subchannel_pool": 1,
  };
  function close() {
    known?.client.close();
    known = undefined;
    unanswered = 0;
  }
  return {
    close,
    /** A new client once the TLS files hold something else. */
    async current(): Promise<Client> {
      const material = secure ? await tlsMaterial(options.tls) : {};
      if (known !== undefined && !sameMaterial(known.material, material)) close();
      known ??= {
        client: new grpc.Client(authority, credentialsOf(grpc, secure, material), channelOptions),
        material,
      };
      return known.client;
    },
    answered(answered: boolean) {
      unanswered = answered ? 0 : unanswered + 1;
      if (unanswered >= MAX_UNANSWERED) close();
    },
  };
}

function credentialsOf(grpc: Grpc, secure: boolean, { ca, cert, key }: TlsMaterial): ChannelCredentials {
  if (!secure) return grpc.credentials.createInsecure();
  try {
    return grpc.credentials.createSsl(ca, key, cert);
  } catch (cause) {
    throw new ConnectionFileError(`The TLS files can't be used: ${(cause as Error).message}`, { cause });
  }
}

function metadataOf(grpc: Grpc, headers: Record<string, string>): Metadata {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function failureOf(
  grpc: Grpc,
  error: Error,
  { timeoutMs, aborted }: { timeoutMs: number; aborted: boolean },
): SendFailure {
  const code = codeOf(error);
  if (aborted || code === DEADLINE_EXCEEDED) {
    return { kind: "timeout", detail: `no answer within ${Math.round(timeoutMs)} ms` };
  }
  const detail = ("details" in error ? String(error.details) : error.message).replace(/\s*Resolution note:\s*$/, "");
  return code === undefined
    ? { kind: "local", detail }
    : { kind: "grpc", status: grpc.status[code] ?? `status ${code}`, detail };
}

function codeOf(error: Error): number | undefined {
  return "code" in error && typeof error.code === "number" ? error.code : undefined;
}
