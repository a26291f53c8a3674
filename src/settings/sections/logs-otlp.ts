import * as z from "zod/mini";
import { choice, duration, filePath, flag, integer, list, record, size, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";
import { MAX_OTLP_INTERVAL_MS, OTLP_COMPRESSIONS, OTLP_ENDPOINT, OTLP_PROTOCOLS } from "./otlp.ts";
import { tlsSection } from "./tls.ts";

/** What is not here (tokens, the size of a request) is that of `otlp`. */
export const logsOtlpSection = z.strictObject({
  enabled: setting(flag(), {
    description:
      "Whether lines are also sent over OTLP, as log records. They are read from the files: a receiver that is away delays them, and what the files no longer hold by then is counted.",
    example: true,
    default: false,
  }),
  endpoint: optional(
    text({
      pattern: OTLP_ENDPOINT,
      expected:
        'a URL such as "http://collector:4318", "http://loki:3100/otlp/v1/logs", or for gRPC also "collector:4317"',
    }),
    {
      description: "Where records are sent. A URL with a path is used as it is; one without gets `/v1/logs` (HTTP).",
      example: "http://loki:3100/otlp/v1/logs",
      otherwise: "that of `otlp.endpoint`, with `/v1/logs` in place of `/v1/metrics`",
    },
  ),
  protocol: optional(choice(...OTLP_PROTOCOLS), {
    description: "How records are sent.",
    example: "http/json",
    otherwise: "as `otlp.protocol`",
  }),
  headers: optional(
    record({ of: "a header's name", names: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, example: { "X-Scope-OrgID": "team" } }),
    {
      description: "Headers of each request, in place of the headers and tokens of `otlp`.",
      example: { "X-Scope-OrgID": "team" },
      otherwise: "those of `otlp`",
      secret: true,
    },
  ),
  headersFile: optional(filePath({ expected: "the path of a file" }), {
    description: "File with such headers, a line `Name: value` each; read at each request.",
    example: "/run/secrets/log-headers",
    otherwise: "as `headers`",
  }),
  timeout: optional(duration({ minMs: 100, maxMs: MAX_OTLP_INTERVAL_MS }), {
    description: "How long a request may take, retries included.",
    example: "30s",
    otherwise: "as `otlp.timeout`",
  }),
  compression: optional(choice(...OTLP_COMPRESSIONS), {
    description: "How requests are compressed.",
    example: "none",
    otherwise: "as `otlp.compression`",
  }),
  tls: tlsSection("the receiver of logs", "otlp.tls"),
  minLevel: setting(choice("trace", "debug", "info", "warning", "error", "critical"), {
    description: "Lines of a lower level stay in the files. One that tells no level counts as `info`.",
    example: "warning",
    default: "trace",
  }),
  labels: setting(list({ of: "a glob", example: "com.docker.compose.*" }), {
    description: "Globs on the names of those container labels that go with records, as `container.label.<name>`.",
    example: ["com.docker.compose.*"],
    default: [],
  }),
  join: setting(choice("none", "indented", "start"), {
    description:
      "Whether lines of a stack trace are one record: `indented` joins indented lines, and Java's `Caused by:`, to the one before; `start` joins all that `joinStart` does not fit.",
    example: "indented",
    default: "none",
  }),
  joinStart: optional(text(), {
    description: "With `join: start`: a regular expression that fits the first line of a record.",
    example: "^\\d{4}-\\d\\d-\\d\\d",
    otherwise: "none",
  }),
  joinMaxLines: setting(integer({ min: 2, max: 10_000 }), {
    description: "How many lines a record has at most.",
    example: 100,
    default: 500,
  }),
  joinMaxTime: setting(duration({ minMs: 100, maxMs: 60_000 }), {
    description: "How long after its first line another is joined, and how long it is waited for.",
    example: "3s",
    default: 1_000,
  }),
  gatherTime: setting(duration({ minMs: 0, maxMs: 60_000 }), {
    description: "How long lines are gathered before they are sent together.",
    example: "5s",
    default: 1_000,
  }),
  batchRecords: setting(integer({ min: 1, max: 100_000 }), {
    description: "How many records a request has at most.",
    example: 500,
    default: 2_000,
  }),
  batchSize: setting(size({ minBytes: 1024, maxBytes: 64 * 1024 * 1024 }), {
    description: "About how many bytes of lines a request has at most; `otlp.maxRequestBytes` holds too.",
    example: "256KiB",
    default: 1024 * 1024,
  }),
});
