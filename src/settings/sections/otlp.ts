import * as z from "zod/mini";
import { choice, duration, filePath, flag, integer, record, size, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { tlsSection } from "./tls.ts";

export const OTLP_PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
export const OTLP_COMPRESSIONS = ["gzip", "none"] as const;
export const DEFAULT_OTLP_INTERVAL_MS = 60_000;
export const DEFAULT_OTLP_TIMEOUT_MS = 10_000;
export const MAX_OTLP_INTERVAL_MS = 86_400_000;

/** An URL, or (for gRPC) host:port, of which IPv6 hosts stand in brackets. */
export const OTLP_ENDPOINT = /^https?:\/\/[^\s/?#]+\S*$|^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

const tokenText = text({ expected: "a text without line breaks", pattern: /^[^\r\n\0]+$/ });
const file = filePath({ expected: "the path of a file" });

export const otlpSection = z.strictObject({
  enabled: setting(flag(), {
    description: "Whether metrics are pushed over OTLP.",
    example: true,
    default: true,
  }),
  protocol: setting(choice(...OTLP_PROTOCOLS), {
    description: "How metrics are pushed.",
    example: "http/protobuf",
    default: "http/protobuf",
  }),
  endpoint: optional(
    text({
      pattern: OTLP_ENDPOINT,
      expected:
        'a URL such as "http://collector:4318", "http://prometheus:9090/api/v1/otlp/v1/metrics", or for gRPC also "collector:4317"',
    }),
    {
      description:
        "Where metrics are pushed. A URL with a path is used as it is; one without gets `/v1/metrics` (HTTP). `https` means TLS.",
      example: "http://collector:4318",
      otherwise: "`http://localhost:4318/v1/metrics`, for gRPC `http://localhost:4317`",
    },
  ),
  interval: setting(duration({ minMs: 100, maxMs: MAX_OTLP_INTERVAL_MS }), {
    description: "Time between two pushes. Dashboards with `rate(…[1m])` need 30 s or less; 15 s is a good choice.",
    example: "15s",
    default: DEFAULT_OTLP_INTERVAL_MS,
  }),
  timeout: setting(duration({ minMs: 100, maxMs: MAX_OTLP_INTERVAL_MS }), {
    description: "How long a push may take, retries included; at most the interval.",
    example: "10s",
    default: DEFAULT_OTLP_TIMEOUT_MS,
  }),
  headers: setting(
    record({ of: "a header's name", names: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, example: { "X-Scope-OrgID": "team" } }),
    {
      description: "Headers (gRPC: metadata) of each request.",
      example: { "X-Scope-OrgID": "team" },
      default: {},
      secret: true,
    },
  ),
  headersFile: optional(file, {
    description: "File with further headers, a line `Name: value` each; read again when it changes.",
    example: "/run/secrets/otlp-headers",
    otherwise: "none",
  }),
  bearerToken: optional(tokenText, {
    description: "Sent as `Authorization: Bearer …`.",
    example: "a-token",
    otherwise: "none",
    secret: true,
  }),
  bearerTokenFile: optional(file, {
    description: "File that holds the bearer token; read again when it changes.",
    example: "/run/secrets/otlp-token",
    otherwise: "none",
  }),
  compression: setting(choice(...OTLP_COMPRESSIONS), {
    description: "How requests are compressed.",
    example: "none",
    default: "gzip",
  }),
  tls: tlsSection("the receiver"),
  containersPerRequest: setting(integer({ min: 1, max: 10_000 }), {
    description: "About how many containers share a request; beyond 16 it is a multiple of 16.",
    example: 16,
    default: 48,
  }),
  maxRequestBytes: setting(size({ minBytes: 64 * 1024, maxBytes: 64 * 1024 * 1024 }), {
    description: "A request that would be larger before compression is split. gRPC receivers take 4 MiB by default.",
    example: "3MiB",
    default: 3 * 1024 * 1024,
  }),
  endSeriesOnStop: setting(flag(), {
    description:
      "Whether a clean stop marks every series as ended, so that nothing stale is answered while the agent is away.",
    example: false,
    default: true,
  }),
});
