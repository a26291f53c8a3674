import type { LabelSet } from "./label-set.ts";
import type { HistogramValue, Point, SummaryValue } from "./metric-family.ts";
import { prometheusLabels, prometheusLabelsWith } from "./prometheus-labels.ts";
import { labelNumber, openMetricsLabelNumber, prometheusNumber } from "./prometheus-numbers.ts";

/** The lines of a histogram's or summary's point. */
export function distributionLines(name: string, { attributes, value }: Point, form: "text" | "openmetrics"): string {
  if (typeof value === "number") throw new TypeError("a number is no distribution");
  const spell = form === "text" ? labelNumber : openMetricsLabelNumber;
  const own = "buckets" in value ? buckets(name, attributes, value, spell) : quantiles(name, attributes, value, spell);
  const { base, extra } = prometheusLabels(attributes);
  // In OpenMetrics a histogram has both or neither; its last bucket counts all anyway.
  if (form === "openmetrics" && "buckets" in value && value.sum === undefined) return own;
  const sum = value.sum === undefined ? "" : `${name}_sum${base}${extra}${prometheusNumber(value.sum)}\n`;
  return `${own}${sum}${name}_count${base}${extra}${value.count}\n`;
}

type Spell = (value: number) => string;

/** Each counts what the ones below it do. */
function buckets(
  name: string,
  labels: LabelSet,
  { buckets: { boundaries, counts }, count }: HistogramValue,
  spell: Spell,
) {
  let below = 0;
  let lines = "";
  for (const [i, boundary] of boundaries.entries()) {
    below += counts[i] ?? 0;
    lines += `${name}_bucket${prometheusLabelsWith(labels, "le", spell(boundary))}${below}\n`;
  }
  return `${lines}${name}_bucket${prometheusLabelsWith(labels, "le", "+Inf")}${count}\n`;
}

function quantiles(name: string, labels: LabelSet, value: SummaryValue, spell: Spell) {
  let lines = "";
  for (const { quantile, value: at } of value.quantiles) {
    lines += `${name}${prometheusLabelsWith(labels, "quantile", spell(quantile))}${prometheusNumber(at)}\n`;
  }
  return lines;
}
