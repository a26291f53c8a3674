import { extendLabelSet, type LabelSet, NO_LABELS } from "../families/label-set.ts";
import { hrTimeFromMs, metricFamily, type NumberFamily } from "../families/metric-family.ts";
import { OWN_METRICS, type OwnMetricName } from "./own-metrics.ts";

/** Our own counters and gauges, by the names of `OWN_METRICS`. Labels come as name, value, name, value … */
export interface Tally {
  add(name: OwnMetricName, amount: number, ...labels: readonly string[]): void;
  set(name: OwnMetricName, value: number, ...labels: readonly string[]): void;
  /** What the series stands at; 0 before it was first added to. */
  value(name: OwnMetricName, ...labels: readonly string[]): number;
  families(atMs: number): NumberFamily[];
}

export function createTally({ startedAtMs }: { startedAtMs: number }): Tally {
  const values = new Map<OwnMetricName, Map<LabelSet, number>>();
  const startTime = hrTimeFromMs(startedAtMs);

  function seriesOf(name: OwnMetricName): Map<LabelSet, number> {
    let series = values.get(name);
    if (series === undefined) {
      series = new Map();
      values.set(name, series);
    }
    return series;
  }

  return {
    add(name, amount, ...labels) {
      const series = seriesOf(name);
      const labelSet = extendLabelSet(NO_LABELS, ...labels);
      series.set(labelSet, (series.get(labelSet) ?? 0) + amount);
    },
    set(name, value, ...labels) {
      seriesOf(name).set(extendLabelSet(NO_LABELS, ...labels), value);
    },
    value(name, ...labels) {
      return values.get(name)?.get(extendLabelSet(NO_LABELS, ...labels)) ?? 0;
    },
    families(atMs) {
      const endTime = hrTimeFromMs(atMs);
      const families: NumberFamily[] = [];
      for (const [name, series] of values) {
        const family = metricFamily({ name, ...OWN_METRICS[name] });
        for (const [attributes, value] of series) family.dataPoints.push({ attributes, value, startTime, endTime });
        families.push(family);
      }
      return families;
    },
  };
}
