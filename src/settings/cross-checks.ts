import type { Choices, Chosen } from "./choice.ts";
import { crossCheckHttp } from "./cross-checks-http.ts";
import { crossCheckLogs } from "./cross-checks-logs.ts";
import { crossCheckLogsOtlp } from "./cross-checks-logs-otlp.ts";
import { crossCheckMetrics } from "./cross-checks-metrics.ts";
import { crossCheckPrograms } from "./cross-checks-programs.ts";
import { crossCheckPushgateway } from "./cross-checks-pushgateway.ts";
import { isAmbient } from "./findings.ts";
import { nearest } from "./nearest.ts";
import { DEFAULT_OTLP_INTERVAL_MS, DEFAULT_OTLP_TIMEOUT_MS } from "./sections/otlp.ts";
import { durationText } from "./units.ts";
import { shown } from "./wording.ts";

const DASHBOARD_INTERVAL_MS = 30_000;
/** What may be given as it is, or by a file. */
const SECRETS = [
  "otlp.bearerToken",
  "http.bearerToken",
  "http.password",
  "pushgateway.bearerToken",
  "pushgateway.password",
];
const GIVEN_APART: Record<string, string> = {
  "service.name": "resource.serviceName",
  "service.instance.id": "resource.instanceId",
};

/**
 * What no setting can tell alone. Two values that were given and clash are a problem; one that was given against a
 * default, or against a variable that is meant for other programs too, moves the other, and that is said.
 */
export function crossCheck(choices: Choices, metricNames: readonly string[] | undefined) {
  for (const secret of SECRETS) pickValueOrFile(choices, secret);
  checkAuthorization(choices);
  for (const section of ["engine.tls", "otlp.tls", "logs.otlp.tls", "http.tls", "pushgateway.tls"])
    checkKeyPair(choices, section);
  checkEndpoint(choices);
  crossCheckMetrics(choices);
  fitTimeoutToInterval(choices);
  checkAttributes(choices);
  if (metricNames !== undefined) checkMetricNames(choices, metricNames);
  checkSwitchedBothWays(choices);
  noteLongInterval(choices);
  crossCheckLogs(choices);
  crossCheckLogsOtlp(choices);
  crossCheckHttp(choices);
  crossCheckPrograms(choices);
  crossCheckPushgateway(choices);
}

function pickValueOrFile({ chosen, problems, notes }: Choices, path: string) {
  const value = chosen.get(path);
  const file = chosen.get(`${path}File`);
  if (value === undefined || file === undefined) return;
  if (value.origin.rank === file.origin.rank) {
    const where = `${value.origin.name}, ${file.origin.name}`;
    problems.push(`${path} and ${path}File (${where}): both are given. Keep one of them.`);
    return;
  }
  const [kept, dropped] = value.origin.rank === "variable" ? [path, `${path}File`] : [`${path}File`, path];
  chosen.delete(dropped as string);
  notes.push(`${dropped} is not used, because a variable gives ${kept}.`);
}

function checkAuthorization({ chosen, problems, notes }: Choices) {
  const headers = chosen.get("otlp.headers");
  const token = chosen.has("otlp.bearerToken") ? "otlp.bearerToken" : "otlp.bearerTokenFile";
  if (headers === undefined || !chosen.has(token)) return;
  const record = headers.value as Record<string, string>;
  const name = Object.keys(record).find((header) => header.toLowerCase() === "authorization");
  if (name === undefined) return;
  if (isAmbient(headers.origin)) {
    const { [name]: _, ...others } = record;
    chosen.set("otlp.headers", { ...headers, value: others });
    notes.push(`${name} of ${headers.origin.name} is not used, because ${token} is given.`);
  } else {
    problems.push(`otlp.headers (${headers.origin.name}): ${name} is given there and by ${token}. Keep one of them.`);
  }
}

function checkKeyPair({ chosen, problems }: Choices, section: string) {
  for (const [one, other] of [
    ["cert", "key"],
    ["key", "cert"],
  ]) {
    const given = chosen.get(`${section}.${one}`);
    const general = section.replace(/^logs\./, "");
    if (given === undefined || chosen.has(`${section}.${other}`) || chosen.has(`${general}.${other}`)) continue;
    problems.push(`${section}.${one} (${given.origin.name}): needs ${section}.${other} too.`);
  }
}

function checkEndpoint({ chosen, problems, notes }: Choices) {
  const endpoint = chosen.get("otlp.endpoint");
  if (endpoint === undefined) return;
  const text = endpoint.value as string;
  const fault = endpointFault(text, chosen.get("otlp.protocol")?.value ?? "http/protobuf");
  if (fault === undefined) return;
  const problem = `otlp.endpoint (${endpoint.origin.name}): got ${shown(text)}, ${fault}`;
  if (!isAmbient(endpoint.origin)) {
    problems.push(`${problem}.`);
    return;
  }
  chosen.delete("otlp.endpoint");
  notes.push(`${problem}; ignored.`);
}

function endpointFault(text: string, protocol: unknown): string | undefined {
  const isUrl = /^https?:\/\//.test(text);
  const address = isUrl ? text : `http://${text}`;
  if (!URL.canParse(address)) return "which is no URL";
  const { pathname, search } = new URL(address);
  if (protocol === "grpc") return pathname === "/" && search === "" ? undefined : "but gRPC knows no paths";
  return isUrl ? undefined : `expected a URL with its scheme for ${protocol}, such as "${address}"`;
}

function fitTimeoutToInterval({ chosen, problems, notes }: Choices) {
  const interval = chosen.get("otlp.interval");
  const timeout = chosen.get("otlp.timeout");
  const intervalMs = (interval?.value ?? DEFAULT_OTLP_INTERVAL_MS) as number;
  const timeoutMs = (timeout?.value ?? DEFAULT_OTLP_TIMEOUT_MS) as number;
  if (timeoutMs <= intervalMs) return;
  const intervalText = `otlp.interval ${durationText(intervalMs)} (${nameOf(interval)})`;
  const timeoutText = `otlp.timeout ${durationText(timeoutMs)} (${nameOf(timeout)})`;
  if (isFirm(timeout) && isFirm(interval)) {
    problems.push(`${timeoutText} is longer than ${intervalText}: pushes would pile up. Lower the timeout.`);
  } else if (isFirm(timeout)) {
    chosen.set("otlp.interval", {
      value: timeoutMs,
      origin: { rank: "ambient variable", name: "as long as otlp.timeout" },
    });
    notes.push(`${intervalText} was raised to ${durationText(timeoutMs)}, as long as otlp.timeout.`);
  } else {
    chosen.set("otlp.timeout", {
      value: intervalMs,
      origin: { rank: "ambient variable", name: "as long as otlp.interval" },
    });
    notes.push(`${timeoutText} was lowered to ${durationText(intervalMs)}, as long as otlp.interval.`);
  }
}

function checkAttributes({ chosen, problems }: Choices) {
  const attributes = chosen.get("resource.attributes");
  for (const [name, path] of Object.entries(GIVEN_APART)) {
    if (attributes === undefined || !Object.hasOwn(attributes.value as object, name)) continue;
    problems.push(`resource.attributes (${attributes.origin.name}): ${name} has a setting of its own, ${path}.`);
  }
}

function checkMetricNames({ chosen, problems }: Choices, metricNames: readonly string[]) {
  const known = new Set(metricNames);
  for (const path of ["metrics.enable", "metrics.disable"]) {
    const list = chosen.get(path);
    for (const name of (list?.value ?? []) as string[]) {
      if (known.has(name)) continue;
      const meant = nearest(name, metricNames);
      const remedy = meant === undefined ? "docs/metrics.md lists all of them." : `Did you mean ${meant}?`;
      problems.push(`${path} (${list?.origin.name}): there is no metric ${shown(name)}. ${remedy}`);
    }
  }
}

function checkSwitchedBothWays({ chosen, problems }: Choices) {
  const enable = chosen.get("metrics.enable");
  const disable = chosen.get("metrics.disable");
  if (enable === undefined || disable === undefined || enable.origin.rank !== disable.origin.rank) return;
  for (const name of enable.value as string[]) {
    if (!(disable.value as string[]).includes(name)) continue;
    problems.push(`metrics.enable and metrics.disable (${enable.origin.name}): ${name} is in both. Keep one of them.`);
  }
}

function noteLongInterval({ chosen, notes }: Choices) {
  if (chosen.get("otlp.enabled")?.value === false) return;
  const interval = chosen.get("otlp.interval");
  const intervalMs = (interval?.value ?? DEFAULT_OTLP_INTERVAL_MS) as number;
  if (intervalMs <= DASHBOARD_INTERVAL_MS) return;
  notes.push(
    `otlp.interval is ${durationText(intervalMs)} (${nameOf(interval)}): dashboards with rate(…[1m]) need 30s or less. Set TALLYMAN_OTLP_INTERVAL=15s.`,
  );
}

function isFirm(chosen: Chosen | undefined): boolean {
  return chosen !== undefined && !isAmbient(chosen.origin);
}

function nameOf(chosen: Chosen | undefined): string {
  return chosen?.origin.name ?? "default";
}
