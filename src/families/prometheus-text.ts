import { HISTOGRAM, type MetricFamily, NO_RECORDED_VALUE, type Point, SUM, SUMMARY } from "./metric-family.ts";
import { distributionLines } from "./prometheus-distributions.ts";
import { prometheusLabels } from "./prometheus-labels.ts";
import { prometheusName } from "./prometheus-name.ts";
import { prometheusNumber } from "./prometheus-numbers.ts";

/** Prometheus' text format 0.0.4, or OpenMetrics 1.0. */
export type PrometheusForm = "text" | "openmetrics";

/** Of the pieces that a text is written in, about. */
const PIECE_LENGTH = 64 * 1024;

/**
 * Families as Prometheus reads them: the points of one name together under one HELP and TYPE, whichever group they came
 * in, and without timestamps, since Prometheus does not mark series with explicit timestamps stale when they vanish. A name
 * has one type: families that give it another than the first one did are left out, or the whole text would be refused.
 */
export function* prometheusPieces(
  groups: readonly (readonly MetricFamily[])[],
  form: PrometheusForm,
): Generator<string> {
  const byName = familiesByName(groups);
  let piece = "";
  for (const [name, families] of byName) {
    const [first] = families as [MetricFamily];
    piece += form === "text" ? textHead(name, first) : openMetricsHead(name, first, byName);
    for (const { dataPoints } of families) {
      // By index: tens of thousands of points, of which an iterator makes an object each.
      for (let i = 0; i < dataPoints.length; i++) {
        const point = dataPoints[i] as Point;
        if (point.flags === NO_RECORDED_VALUE) continue;
        const { value } = point;
        if (typeof value === "number") {
          const { base, extra } = prometheusLabels(point.attributes);
          piece += `${name}${base}${extra}${prometheusNumber(value)}\n`;
        } else piece += distributionLines(name, point, form);
        if (piece.length < PIECE_LENGTH) continue;
        yield piece;
        piece = "";
      }
    }
  }
  if (form === "openmetrics") piece += "# EOF\n";
  if (piece !== "") yield piece;
}

export function prometheusText(groups: readonly (readonly MetricFamily[])[], form: PrometheusForm = "text"): string {
  return [...prometheusPieces(groups, form)].join("");
}

type FamiliesByName = ReadonlyMap<string, readonly MetricFamily[]>;

function familiesByName(groups: readonly (readonly MetricFamily[])[]): FamiliesByName {
  const byName = new Map<string, MetricFamily[]>();
  for (const group of groups) {
    for (const family of group) {
      const { name } = prometheusName(family);
      const same = byName.get(name);
      if (same === undefined) byName.set(name, [family]);
      else if (typeOf(same[0] as MetricFamily) === typeOf(family)) same.push(family);
    }
  }
  return byName;
}

function typeOf(family: MetricFamily) {
  const { dataPointType } = family;
  if (dataPointType === HISTOGRAM) return "histogram";
  if (dataPointType === SUMMARY) return "summary";
  if (dataPointType === SUM) return "isMonotonic" in family && !family.isMonotonic ? "gauge" : "counter";
  return "untyped" in family ? "untyped" : "gauge";
}

function textHead(name: string, family: MetricFamily): string {
  const { description } = family.descriptor;
  const help = description === "" ? "" : `# HELP ${name} ${escapedHelp(description)}\n`;
  return `${help}# TYPE ${name} ${typeOf(family)}\n`;
}

/**
 * OpenMetrics names a counter's family without `_total`, and knows no counter whose name ends otherwise: cAdvisor has some,
 * which are "unknown" then, as prometheus/common (expfmt 0.67) writes them.
 */
function openMetricsHead(name: string, family: MetricFamily, others: FamiliesByName): string {
  const { description } = family.descriptor;
  const { unit } = prometheusName(family);
  const type = typeOf(family);
  const isCounter = type === "counter" && name.endsWith("_total") && !others.has(name.slice(0, -"_total".length));
  const head = isCounter ? name.slice(0, -"_total".length) : name;
  const shown = isCounter ? "counter" : type === "counter" || type === "untyped" ? "unknown" : type;
  const help = description === "" ? "" : `# HELP ${head} ${escapedHelp(description).replaceAll('"', '\\"')}\n`;
  return `${help}# TYPE ${head} ${shown}\n${unit !== "" && head.endsWith(`_${unit}`) ? `# UNIT ${head} ${unit}\n` : ""}`;
}

function escapedHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
