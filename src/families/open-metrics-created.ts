import { labelsKey } from "./ended-series.ts";
import type { LabelSet } from "./label-set.ts";
import type { MetricFamily } from "./metric-family.ts";
import { type FamiliesByName, typeOf } from "./prometheus-heads.ts";
import { prometheusLabels } from "./prometheus-labels.ts";
import { prometheusNumber } from "./prometheus-numbers.ts";

const SUFFIX = "_created";

/**
 * In OpenMetrics `_created` beside a histogram or summary is a part of it. The text format knows none, so prometheus_client
 * (0.21, Python) writes it there as a gauge of its own, whose name OpenMetrics would then have twice.
 */
export function isCreationOfAnother(name: string, families: FamiliesByName): boolean {
  return name.endsWith(SUFFIX) && isDistribution(families.get(name.slice(0, -SUFFIX.length)));
}

/** The lines of a distribution's creation times, where it has such a gauge. */
export function creationTimes(name: string, families: FamiliesByName) {
  const gauges = isDistribution(families.get(name)) ? families.get(`${name}${SUFFIX}`) : undefined;
  if (gauges === undefined) return undefined;
  const points = gauges.flatMap(({ dataPoints }) => dataPoints);
  const values = new Map(points.map(({ attributes, value }) => [labelsKey(attributes), value]));
  return {
    lineOf(labels: LabelSet): string {
      const value = values.get(labelsKey(labels));
      if (typeof value !== "number") return "";
      const { base, extra } = prometheusLabels(labels);
      return `${name}${SUFFIX}${base}${extra}${prometheusNumber(value)}\n`;
    },
  };
}

function isDistribution(families: readonly MetricFamily[] | undefined): boolean {
  const type = families?.[0] === undefined ? undefined : typeOf(families[0]);
  return type === "histogram" || type === "summary";
}
