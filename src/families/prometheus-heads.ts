import { HISTOGRAM, type MetricFamily, SUM, SUMMARY } from "./metric-family.ts";
import { prometheusName } from "./prometheus-name.ts";

/** By the names that Prometheus knows them by. */
export type FamiliesByName = ReadonlyMap<string, readonly MetricFamily[]>;

export function typeOf(family: MetricFamily) {
  const { dataPointType } = family;
  if (dataPointType === HISTOGRAM) return "histogram";
  if (dataPointType === SUMMARY) return "summary";
  if (dataPointType === SUM) return "isMonotonic" in family && !family.isMonotonic ? "gauge" : "counter";
  return "untyped" in family ? "untyped" : "gauge";
}

export function textHead(name: string, family: MetricFamily): string {
  const { description } = family.descriptor;
  const help = description === "" ? "" : `# HELP ${name} ${escapedHelp(description)}\n`;
  return `${help}# TYPE ${name} ${typeOf(family)}\n`;
}

/**
 * OpenMetrics names a counter's family without `_total`, and knows no counter whose name ends otherwise: cAdvisor has some,
 * which are "unknown" then, as prometheus/common (expfmt 0.67) writes them. So is one whose family would have the name, or
 * the reserved name of its creation time, that another family has already.
 */
export function openMetricsHead(name: string, family: MetricFamily, others: FamiliesByName): string {
  const { description } = family.descriptor;
  const { unit } = prometheusName(family);
  const type = typeOf(family);
  const short = name.replace(/_total$/, "");
  const isCounter = type === "counter" && short !== name && !others.has(short) && !others.has(`${short}_created`);
  const head = isCounter ? short : name;
  const shown = isCounter ? "counter" : type === "counter" || type === "untyped" ? "unknown" : type;
  const help = description === "" ? "" : `# HELP ${head} ${escapedHelp(description).replaceAll('"', '\\"')}\n`;
  return `${help}# TYPE ${head} ${shown}\n${unit !== "" && head.endsWith(`_${unit}`) ? `# UNIT ${head} ${unit}\n` : ""}`;
}

function escapedHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
