import type { OtlpProtocol, OtlpSignal } from "./otlp-options.ts";

export interface OtlpEndpoint {
  /** Where requests go; for gRPC without a path. Credentials that the URL has are in it. */
  readonly url: string;
  /** The same to be shown: without credentials. */
  readonly shown: string;
  /** "collector:4317" */
  readonly authority: string;
  readonly secure: boolean;
}

/** OTLP specification 1.7, "OTLP/HTTP Request" and "Configuration Options". */
const PATHS = { metrics: "/v1/metrics", logs: "/v1/logs" } as const;
const DEFAULTS = { http: "http://localhost:4318", grpc: "http://localhost:4317" } as const;
const DEFAULT_GRPC_PORT = 4317;

/**
 * A URL with a path is used as it is, one without gets the protocol's default path; gRPC knows no paths. A target
 * without a scheme is not encrypted, and for gRPC only: there it is the usual way to write one.
 */
export function otlpEndpoint({ protocol, endpoint, signal = "metrics" }: EndpointOptions): OtlpEndpoint {
  return protocol === "grpc"
    ? grpcEndpoint(endpoint ?? DEFAULTS.grpc)
    : httpEndpoint(endpoint ?? DEFAULTS.http, PATHS[signal]);
}

interface EndpointOptions {
  readonly protocol: OtlpProtocol;
  readonly endpoint?: string | undefined;
  readonly signal?: OtlpSignal | undefined;
}

function httpEndpoint(endpoint: string, path: string): OtlpEndpoint {
  const text = endpoint.trim();
  if (!/^https?:\/\//i.test(text)) {
    throw new Error(`The OTLP endpoint ${JSON.stringify(endpoint)} has no http:// or https://; ${suggestion(text)}`);
  }
  const url = parsed(text, endpoint);
  if (url.pathname === "/") url.pathname = path;
  url.hash = "";
  return described(url, url.href);
}

function grpcEndpoint(endpoint: string): OtlpEndpoint {
  const text = endpoint.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    throw new Error(`The OTLP endpoint ${JSON.stringify(endpoint)} has the scheme ${scheme}; expected http or https`);
  }
  const url = parsed(scheme === undefined ? `http://${text}` : text, endpoint);
  if (url.pathname !== "/" || url.search !== "") {
    throw new Error(
      `The OTLP endpoint ${JSON.stringify(endpoint)} has a path, which gRPC does not know: remove it, or set the protocol to http/protobuf`,
    );
  }
  // An explicit :80 or :443 is dropped by URL, and an absent port means OTLP's own.
  const port = url.port || (/:\d+\/?$/.test(text) ? (url.protocol === "https:" ? "443" : "80") : DEFAULT_GRPC_PORT);
  return { ...described(url, `${url.protocol}//${url.hostname}:${port}`), authority: `${url.hostname}:${port}` };
}

function parsed(text: string, endpoint: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw new Error(
      `The OTLP endpoint ${JSON.stringify(endpoint)} is not a URL; expected one such as http://collector:4318 (an IPv6 address stands in brackets)`,
    );
  }
  return url;
}

function described(url: URL, href: string): OtlpEndpoint {
  const shown = new URL(href);
  shown.username = "";
  shown.password = "";
  const text = href.endsWith("/") || shown.pathname !== "/" ? shown.href : shown.href.replace(/\/$/, "");
  return { url: href, shown: text, authority: url.host, secure: url.protocol === "https:" };
}

function suggestion(text: string): string {
  const bare = text.replace(/^[a-z]*:?\/\//i, "");
  return URL.canParse(`http://${bare}`) ? `expected http://${bare}` : "expected a URL such as http://collector:4318";
}
