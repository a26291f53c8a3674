import type { OtlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpProtocol, OtlpSignal } from "./otlp-options.ts";
import type { SendFailure } from "./request-sender.ts";

interface Target {
  readonly protocol: OtlpProtocol;
  readonly endpoint: OtlpEndpoint;
  readonly signal?: OtlpSignal | undefined;
}

/** What a person can do about it. */
export function failureRemedy(failure: SendFailure, target: Target): string {
  switch (failure.kind) {
    case "http":
      return httpRemedy(failure.status, target);
    case "grpc":
      return grpcRemedy(failure.status, failure.detail, target);
    case "network":
      return networkRemedy(failure.code, target);
    case "timeout":
      return `Look whether ${target.endpoint.authority} is overloaded or behind a firewall, or raise otlp.timeout.`;
    case "local":
      return "Check the files and headers in the settings of otlp, and that the agent may read them.";
  }
}

/** The next request of the same export would fail alike: it is not worth its bytes. */
export function failsAllAlike(failure: SendFailure): boolean {
  if (failure.kind === "http") return [401, 403, 404, 405, 415].includes(failure.status) || isRedirect(failure.status);
  if (failure.kind === "grpc") {
    return ["UNAUTHENTICATED", "PERMISSION_DENIED", "UNIMPLEMENTED", "UNAVAILABLE"].includes(failure.status);
  }
  if (failure.kind === "network") return NO_CONNECTION.test(failure.code);
  return failure.kind === "local";
}

/** A connection that broke is none of these: a request may be what breaks it. */
const NO_CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$|CERT|SIGNATURE|ISSUER|ALTNAME/;

const CREDENTIALS = "Check the credentials: otlp.headers, otlp.headersFile, otlp.bearerToken, otlp.bearerTokenFile.";
const SMALLER = "Lower otlp.maxRequestBytes, or raise the receiver's limit.";
const OVERLOADED = "The receiver is overloaded or starting; exports go on by themselves.";

function httpRemedy(status: number, { endpoint, protocol, signal }: Target): string {
  const { pathname } = new URL(endpoint.url);
  if (status === 401 || status === 403) return CREDENTIALS;
  if ((status === 404 || status === 405) && signal === "logs") {
    return (
      `Check the path ${pathname} of logs.otlp.endpoint: the OpenTelemetry Collector wants /v1/logs and a pipeline of logs, ` +
      "Loki /otlp/v1/logs, VictoriaLogs /insert/opentelemetry/v1/logs; Prometheus takes no logs."
    );
  }
  if (status === 404 || status === 405) {
    return (
      `Check the path ${pathname} of otlp.endpoint: Prometheus wants /api/v1/otlp/v1/metrics and to be started with ` +
      "--web.enable-otlp-receiver, the OpenTelemetry Collector /v1/metrics, VictoriaMetrics /opentelemetry/v1/metrics."
    );
  }
  if (status === 400 && signal !== "logs") {
    return (
      "Look into the receiver's log: Prometheus refuses a request with a sample that is out of order, which two agents " +
      "with the same service.instance.id, or a clock that was set back, lead to."
    );
  }
  if (status === 413) return SMALLER;
  if (status === 415) return `The receiver does not take ${protocol}: try another otlp.protocol.`;
  if (isRedirect(status)) return "The receiver is elsewhere: set otlp.endpoint to the address that it redirects to.";
  if (status === 429 || status === 502 || status === 503 || status === 504) return OVERLOADED;
  return "Look into the receiver's log.";
}

function grpcRemedy(status: string, detail: string, { endpoint, signal = "metrics" }: Target): string {
  if (status === "UNAUTHENTICATED" || status === "PERMISSION_DENIED") return CREDENTIALS;
  if (status === "RESOURCE_EXHAUSTED") return /larger|size|max/i.test(detail) ? SMALLER : OVERLOADED;
  if (status === "UNIMPLEMENTED") {
    return `${endpoint.authority} speaks gRPC and takes no OTLP ${signal}: check ${signal === "logs" ? "logs.otlp.endpoint" : "otlp.endpoint"}.`;
  }
  if (status === "UNAVAILABLE") {
    const scheme = endpoint.secure ? "https (TLS)" : "http (no TLS)";
    return (
      `Check that an OTLP receiver for gRPC runs at ${endpoint.authority} (usually port 4317; 4318 is HTTP), ` +
      `and that it expects ${scheme}.`
    );
  }
  return "Look into the receiver's log.";
}

function networkRemedy(code: string, { endpoint, protocol }: Target): string {
  if (code === "ECONNREFUSED") {
    const port = protocol === "grpc" ? "4317" : "4318";
    return (
      `Check that a receiver runs at ${endpoint.authority} (a Collector's port for ${protocol} is ${port}); within a ` +
      "container, localhost is the container itself."
    );
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `The name ${new URL(endpoint.url).hostname} is not known here: check otlp.endpoint and the agent's network.`;
  }
  if (code === "CERT_HAS_EXPIRED") {
    return "The receiver's certificate is out of date: renew it there; Tallyman takes the new one as it is.";
  }
  if (/CERT|SIGNATURE|ISSUER|ALTNAME|SELF_SIGNED/.test(code)) {
    return "Set otlp.tls.ca to the authority that signed the receiver's certificate, whose name must be that of the endpoint.";
  }
  if (code === "EPROTO" || /SSL|TLS|HPE_/.test(code)) {
    return `Check that ${endpoint.authority} expects ${endpoint.secure ? "https" : "http"}, and is no gRPC port.`;
  }
  return `Check the network between the agent and ${endpoint.authority}.`;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status <= 399;
}
