import type { Chosen } from "../choice.ts";
import {
  type Environment,
  type Findings,
  type Given,
  isAmbient,
  noFindings,
  type Origin,
  type Rank,
} from "../findings.ts";
import { MAX_OTLP_INTERVAL_MS } from "../sections/otlp.ts";
import { shown } from "../wording.ts";
import { recordFromText } from "./text-values.ts";

const MILLISECONDS = "a whole number of milliseconds";
const PAIRS = "pairs name=value,other=value, values percent-encoded";

type Read = (text: string) => unknown;

const SECTIONS = { metrics: "otlp", logs: "logs.otlp" } as const;
type Signal = keyof typeof SECTIONS;
const SIGNALS = ["metrics", "logs"] as const satisfies readonly Signal[];

/** Variables of OpenTelemetry's specification 1.50 that mean one of our settings, the one that counts more first. */
export const OTEL_VARIABLES: readonly { name: string; path: string; read: Read; expected?: string }[] = [
  ...ofExporter("PROTOCOL", "protocol", asText),
  ...ofExporter("HEADERS", "headers", asRecord, PAIRS),
  ...ofExporter("TIMEOUT", "timeout", asTimeout, MILLISECONDS),
  { name: "OTEL_METRIC_EXPORT_TIMEOUT", path: "otlp.timeout", read: asTimeout, expected: MILLISECONDS },
  ...ofExporter("COMPRESSION", "compression", asText),
  ...ofExporter("CERTIFICATE", "tls.ca", asText),
  ...ofExporter("CLIENT_CERTIFICATE", "tls.cert", asText),
  ...ofExporter("CLIENT_KEY", "tls.key", asText),
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
export const OTEL_ENDPOINT_VARIABLES = signalNames("ENDPOINT");
export const OTEL_INSECURE_VARIABLES = signalNames("INSECURE");
export const OTEL_RESOURCE_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";

/** The endpoint apart, since what its variable means depends on the protocol, which another source may have chosen. */
export function readOtelVariables(env: Environment): Findings {
  const findings = noFindings();
  for (const { name, path, read, expected } of OTEL_VARIABLES) {
    const text = textOf(env, name);
    // What the general variable says of metrics goes for logs too, as each setting's default; else only this tells it.
    if (path.startsWith("logs.") && !isOfSignal(name) && !textOf(env, ofMetrics(name))) continue;
    const value = text === undefined ? undefined : read(text);
    if (value === undefined) continue;
    findings.given.push({ path, value, origin: origin(name), ...(expected !== undefined && { expected }) });
  }
  readResource(env, findings);
  return findings;
}

/** By the specification the general endpoint is a base for HTTP and gets the signal's path; a signal's own is whole. */
export function readOtelEndpoints(env: Environment, protocols: { metrics: unknown; logs: unknown }): Given[] {
  const [ofMetricsAlone] = OTEL_ENDPOINT_VARIABLES.metrics;
  const tellsOfLogs = textOf(env, ofMetricsAlone) !== undefined || protocols.logs !== protocols.metrics;
  return SIGNALS.flatMap((signal) =>
    OTEL_ENDPOINT_VARIABLES[signal].flatMap((name) => {
      const text = textOf(env, name);
      if (text === undefined || (signal === "logs" && !isOfSignal(name) && !tellsOfLogs)) return [];
      const whole = isOfSignal(name) ? text : withPath(text, `/v1/${signal}`);
      const value = protocols[signal] === "grpc" ? withScheme(text, signal, env) : whole;
      return [{ path: `${SECTIONS[signal]}.endpoint`, value, origin: origin(name) }];
    }),
  );
}

/**
 * A general variable says nothing of logs where what it says of metrics is overruled, but by a variable for metrics alone;
 * and what such a variable holds as credentials is not for a receiver of logs that has an address of its own.
 */
export function partSignals(chosen: Map<string, Chosen>) {
  for (const [path, { origin }] of chosen) {
    if (!path.startsWith("logs.otlp.") || origin.rank !== "ambient variable") continue;
    const ofBoth = chosen.get(path.replace("logs.", ""));
    if (ofBoth !== undefined && !isAmbient(ofBoth.origin)) chosen.delete(path);
  }
  const headers = chosen.get("otlp.headers");
  if (headers?.origin.rank !== "otel signal variable" || !chosen.has("logs.otlp.endpoint")) return;
  if (CREDENTIALS.some((path) => chosen.has(path))) return;
  const origin: Origin = { rank: "ambient variable", name: `since ${headers.origin.name} is of metrics` };
  chosen.set("logs.otlp.headers", { value: {}, origin });
}

const CREDENTIALS = ["logs.otlp.headers", "logs.otlp.headersFile", "otlp.bearerToken", "otlp.bearerTokenFile"];

function ofExporter(name: string, setting: string, read: Read, expected?: string) {
  return SIGNALS.flatMap((signal) =>
    signalNames(name)[signal].map((name) => ({
      name,
      path: `${SECTIONS[signal]}.${setting}`,
      read,
      ...(expected !== undefined && { expected }),
    })),
  );
}

/** The signal's own counts more. */
function signalNames(name: string): Record<Signal, readonly [string, string]> {
  const general = `OTEL_EXPORTER_OTLP_${name}`;
  return {
    metrics: [ofMetrics(general), general],
    logs: [`OTEL_EXPORTER_OTLP_LOGS_${name}`, general],
  };
}

function ofMetrics(general: string): string {
  return general.replace("_OTLP_", "_OTLP_METRICS_");
}

function isOfSignal(name: string): boolean {
  return /_OTLP_(METRICS|LOGS)_/.test(name);
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
  const rank: Rank = isOfSignal(name) ? "otel signal variable" : "ambient variable";
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
function withScheme(target: string, signal: Signal, env: Environment): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return target;
  const insecure = OTEL_INSECURE_VARIABLES[signal].map((name) => textOf(env, name)).find((text) => text !== undefined);
  return `${insecure?.toLowerCase() === "true" ? "http" : "https"}://${target}`;
}

function withPath(base: string, path: string): string {
  const match = /^([^?#]*?)\/*([?#].*)?$/.exec(base);
  return `${match?.[1]}${path}${match?.[2] ?? ""}`;
}
