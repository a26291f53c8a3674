import type { LabelSet } from "./label-set.ts";
import { type MetricFamily, NO_RECORDED_VALUE, SUM } from "./metric-family.ts";

/**
 * The Prometheus text format 0.0.4: the points of one name together under one HELP and TYPE, whichever group they came
 * in, and without timestamps, since Prometheus does not mark series with explicit timestamps stale when they vanish.
 */
export function prometheusText(groups: readonly (readonly MetricFamily[])[]): string {
  const byName = new Map<string, MetricFamily[]>();
  for (const family of groups.flat()) {
    const same = byName.get(family.descriptor.name);
    if (same === undefined) byName.set(family.descriptor.name, [family]);
    else same.push(family);
  }
  const lines: string[] = [];
  for (const [name, families] of byName) {
    const [first] = families as [MetricFamily];
    lines.push(`# HELP ${name} ${first.descriptor.description.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`);
    lines.push(`# TYPE ${name} ${first.dataPointType === SUM ? "counter" : "gauge"}`);
    for (const { dataPoints } of families) {
      for (const { attributes, value, flags } of dataPoints) {
        if (flags === NO_RECORDED_VALUE) continue;
        lines.push(`${name}${labelText(attributes)} ${valueText(value)}`);
      }
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

const cache = new WeakMap<LabelSet, string>();

function labelText(labels: LabelSet): string {
  let text = cache.get(labels);
  if (text === undefined) {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
    text = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
    cache.set(labels, text);
  }
  return text;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function valueText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
