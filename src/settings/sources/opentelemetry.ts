import { type Environment, type Findings, type Given, noFindings, type Rank } from "../findings.ts";
import { MAX_OTLP_INTERVAL_MS } from "../sections/otlp.ts";
import { shown } from "../wording.ts";
import { recordFromText } from "./text-values.ts";

const MILLISECONDS = "a whole number of milliseconds";
const PAIRS = "pairs name=value,other=value, values percent-encoded";

type Read = (text: string) => unknown;

/** Variables of OpenTelemetry's specification 1.50 that mean one of our settings, the one that counts more first. */
export const OTEL_VARIABLES: readonly { name: string; path: string; read: Read; expected?: string }[] = [
  ...ofExporter("PROTOCOL", "otlp.protocol", asText),
  ...ofExporter("HEADERS", "otlp.headers", asRecord, PAIRS),
  ...ofExporter("TIMEOUT", "otlp.timeout", asTimeout, MILLISECONDS),
  { name: "OTEL_METRIC_EXPORT_TIMEOUT", path: "otlp.timeout", read: asTimeout, expected: MILLISECONDS },
  ...ofExporter("COMPRESSION", "otlp.compression", asText),
  ...ofExporter("CERTIFICATE", "otlp.tls.ca", asText),
  ...ofExporter("CLIENT_CERTIFICATE", "otlp.tls.cert", asText),
  ...ofExporter("CLIENT_KEY", "otlp.tls.key", asText),
  { name: "OTEL_METRIC_EXPORT_INTERVAL", path: "otlp.interval", read: asMilliseconds, expected: MILLISECONDS },
  {
    name: "OTEL_SDK_DISABLED",
    path: "otlp.enabled",
    read: (text) => (text.toLowerCase() === "true" ? false : undefined),
  },
  {
    name: "OTEL_METRICS_EXPORTER",
    path: "otlp.enabled",
    read: (text) => (namesIn(text).includes("otlp") ? true : text === "none" ? false : text),
    expected: "otlp or none",
  },
  { name: "OTEL_SERVICE_NAME", path: "resource.serviceName", read: asText },
  { name: "OTEL_LOG_LEVEL", path: "log.level", read: asLogLevel },
];
export const OTEL_ENDPOINT_VARIABLES = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] as const;
export const OTEL_INSECURE_VARIABLES = ["OTEL_EXPORTER_OTLP_METRICS_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"] as const;
export const OTEL_RESOURCE_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

/** The endpoint apart, since what its variable means depends on the protocol, which another source may have chosen. */
export function readOtelVariables(env: Environment): Findings {
  const findings = noFindings();
  for (const { name, path, read, expected } of OTEL_VARIABLES) {
    const text = textOf(env, name);
    const value = text === undefined ? undefined : read(text);
    if (value === undefined) continue;
    findings.given.push({ path, value, origin: origin(name), ...(expected !== undefined && { expected }) });
  }
  readResource(env, findings);
  return findings;
}

/** By the specification the general endpoint is a base for HTTP and gets the signal's path; the metrics' own is whole. */
export function readOtelEndpoint(env: Environment, protocol: unknown): Given[] {
  return OTEL_ENDPOINT_VARIABLES.flatMap((name) => {
    const text = textOf(env, name);
    if (text === undefined) return [];
    const value = protocol === "grpc" ? withScheme(text, env) : name.includes("METRICS") ? text : withMetricsPath(text);
    return [{ path: "otlp.endpoint", value, origin: origin(name) }];
  });
}

function ofExporter(name: string, path: string, read: Read, expected?: string) {
  return ["OTEL_EXPORTER_OTLP_METRICS_", "OTEL_EXPORTER_OTLP_"].map((prefix) => ({
    name: prefix + name,
    path,
    read,
    ...(expected !== undefined && { expected }),
  }));
}

function readResource(env: Environment, findings: Findings) {
  const text = textOf(env, OTEL_RESOURCE_VARIABLE);
  if (text === undefined) return;
  const attributes = recordFromText(text);
  if (attributes === undefined) {
    findings.notes.push(`${OTEL_RESOURCE_VARIABLE}: got ${shown(text)}, expected ${PAIRS}; ignored.`);
    return;
  }
  const { "service.name": serviceName, "service.instance.id": instanceId, ...others } = attributes;
  const found = {
    "resource.attributes": others,
    "resource.serviceName": serviceName,
    "resource.instanceId": instanceId,
  };
  for (const [path, value] of Object.entries(found)) {
    if (value !== undefined) findings.given.push({ path, value, origin: origin(OTEL_RESOURCE_VARIABLE) });
  }
}

/** An empty variable is an unset one. */
function textOf(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

function origin(name: string) {
  const rank: Rank = name.includes("_OTLP_METRICS_") ? "otel metrics variable" : "ambient variable";
  return { rank, name };
}

function asText(text: string): string {
  return text;
}

function asMilliseconds(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** By the specification 0 is "for ever", for which a very long time may stand. */
function asTimeout(text: string): unknown {
  const milliseconds = asMilliseconds(text);
  return milliseconds === 0 ? MAX_OTLP_INTERVAL_MS : milliseconds;
}

function asRecord(text: string): unknown {
  return recordFromText(text) ?? text;
}

function asLogLevel(text: string): string {
  const levels: Record<string, string> = {
    none: "silent",
    warning: "warn",
    verbose: "debug",
    trace: "debug",
    all: "debug",
  };
  const level = text.toLowerCase();
  return Object.hasOwn(levels, level) ? (levels[level] as string) : level;
}

function namesIn(text: string): string[] {
  return text.split(",").map((name) => name.trim());
}

/** A gRPC target without a scheme is encrypted unless the variables say otherwise. */
function withScheme(target: string, env: Environment): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  const insecure = OTEL_INSECURE_VARIABLES.map((name) => textOf(env, name)).find((text) => text !== undefined);
  return `${insecure?.toLowerCase() === "true" ? "http" : "https"}://${target}`;
}

function withMetricsPath(base: string): string {
  const match = /^([^?#]*?)\/*([?#].*)?$/.exec(base);
  return `${match?.[1]}/v1/metrics${match?.[2] ?? ""}`;
}
