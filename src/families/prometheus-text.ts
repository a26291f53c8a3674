import { type MetricFamily, NO_RECORDED_VALUE, type Point } from "./metric-family.ts";
import { creationTimes, isCreationOfAnother } from "./open-metrics-created.ts";
import { distributionLines } from "./prometheus-distributions.ts";
import { type FamiliesByName, openMetricsHead, textHead, typeOf } from "./prometheus-heads.ts";
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
    if (form === "openmetrics" && isCreationOfAnother(name, byName)) continue;
    const createdAt = form === "openmetrics" ? creationTimes(name, byName) : undefined;
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
        } else piece += distributionLines(name, point, form) + (createdAt?.lineOf(point.attributes) ?? "");
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
