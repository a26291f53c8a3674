import type { FamilyGroups } from "../../families/ended-series.ts";
import type { Point } from "../../families/metric-family.ts";

/**
 * The one time that all points of an export carry, ends too. For each request Prometheus (3.13, seen) writes samples of
 * `target_info` at the earliest and at the latest time in it; were the times of two requests of an export to overlap, the
 * second request would be refused whole, as out of order.
 */
export function timeOfExport(groups: FamilyGroups): Point["endTime"] | undefined {
  for (const group of groups) for (const { dataPoints } of group) for (const { endTime } of dataPoints) return endTime;
  return undefined;
}

export function laterTime([seconds, nanoseconds]: Point["endTime"], byMs: number): Point["endTime"] {
  const nanos = nanoseconds + Math.max(1, Math.floor(byMs)) * 1e6;
  return [seconds + Math.floor(nanos / 1e9), nanos % 1e9];
}
