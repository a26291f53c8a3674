import { type MetricFamily, SUM } from "./metric-family.ts";

export interface PrometheusName {
  readonly name: string;
  /** In Prometheus' words, where the name ends in it (but for `_total`). */
  readonly unit: string;
}

const cache = new WeakMap<MetricFamily["descriptor"], PrometheusName>();

/**
 * What Prometheus calls a family. One with a unit is named the OpenTelemetry way, and becomes what Prometheus' OTLP receiver
 * makes of it (otlptranslator 1.0, "UnderscoreEscapingWithSuffixes": `container.cpu.time` in `s` is
 * `container_cpu_time_seconds_total`), so that page and push agree. One without has a name of Prometheus' kind already.
 */
export function prometheusName(family: MetricFamily): PrometheusName {
  const { descriptor } = family;
  let known = cache.get(descriptor);
  if (known === undefined) {
    known = descriptor.unit === "" ? { name: validName(descriptor.name), unit: "" } : translated(family);
    cache.set(descriptor, known);
  }
  return known;
}

/** UCUM's words for the units that the semantic conventions use, and Prometheus' for them. */
const UNITS: Readonly<Record<string, string>> = { By: "bytes", s: "seconds", ms: "milliseconds", "%": "percent" };

function translated(family: MetricFamily): PrometheusName {
  const { name, unit } = family.descriptor;
  const isCounter = family.dataPointType === SUM && "isMonotonic" in family && family.isMonotonic;
  // What is counted, in braces, is no unit.
  const word = unit.startsWith("{") ? "" : (UNITS[unit] ?? unit);
  const parts = name.split(/[^a-zA-Z0-9:]+/).filter((part) => part !== "" && !(isCounter && part === "total"));
  if (word !== "" && !parts.includes(word)) parts.push(word);
  const head = parts.join("_");
  return { name: validName(isCounter ? `${head}_total` : head), unit: word !== "" && head.endsWith(word) ? word : "" };
}

/** As Prometheus' own escaping scheme "underscores" spells names that only Prometheus 3 knows. */
function validName(name: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name) ? name : name.replaceAll(/^[0-9]|[^a-zA-Z0-9_:]/gu, "_");
}
