import type { LabelSet } from "./label-set.ts";
import { type MetricFamily, NO_RECORDED_VALUE, type Point } from "./metric-family.ts";

export type FamilyGroups = readonly (readonly MetricFamily[])[];

/** One series: the family that it is of (its points don't count) and a point of it. */
export interface Series {
  readonly family: MetricFamily;
  readonly point: Point;
}

export interface SeriesChange {
  /** In the previous groups only, with their last points. */
  readonly ended: readonly Series[];
  /** In the current groups only. */
  readonly started: readonly Series[];
}

/**
 * Which series ended and which started between two sweeps. Label sets keep their identity, so where nothing changed
 * this is one scan by identity; only what differs there is looked up, and only what is still unmatched (label sets that
 * were made anew) is compared by content, since equal labels are the same series to a receiver.
 */
export function seriesChange(previous: FamilyGroups, current: FamilyGroups): SeriesChange {
  const { before, after } = differing(previous, current);
  if (before.length === 0 || after.length === 0) return { ended: before, started: after };
  const unmatched = withoutShared(before, after, (labels) => labels);
  if (unmatched.before.length === 0 || unmatched.after.length === 0) {
    return { ended: unmatched.before, started: unmatched.after };
  }
  const changed = withoutShared(unmatched.before, unmatched.after, labelsKey);
  return { ended: changed.before, started: changed.after };
}

/**
 * The point that ends a series: its labels once more, flagged. `endTime` is that of the export it goes out with, which is
 * later than the last point's.
 */
export function endedPoint(last: Point, endTime: Point["endTime"]): Point {
  return { ...last, endTime, flags: NO_RECORDED_VALUE };
}

const keys = new WeakMap<LabelSet, string>();

/** The same text for equal labels, whatever their order. */
export function labelsKey(labels: LabelSet): string {
  let key = keys.get(labels);
  if (key === undefined) {
    const names = Object.keys(labels).sort();
    key = JSON.stringify(names.map((name) => [name, labels[name]]));
    keys.set(labels, key);
  }
  return key;
}

/** The series that are not in the same place of both, which for two like sweeps are none. */
function differing(previous: FamilyGroups, current: FamilyGroups) {
  const before: Series[] = [];
  const after: Series[] = [];
  for (let g = 0; g < Math.max(previous.length, current.length); g++) {
    const [earlier = [], later = []] = [previous[g], current[g]];
    for (let f = 0; f < Math.max(earlier.length, later.length); f++) compare(earlier[f], later[f], before, after);
  }
  return { before, after };
}

function compare(a: MetricFamily | undefined, b: MetricFamily | undefined, before: Series[], after: Series[]) {
  const same = a !== undefined && b !== undefined && a.descriptor.name === b.descriptor.name;
  const count = Math.max(a?.dataPoints.length ?? 0, b?.dataPoints.length ?? 0);
  for (let i = 0; i < count; i++) {
    const earlier = a?.dataPoints[i];
    const later = b?.dataPoints[i];
    if (same && earlier !== undefined && earlier.attributes === later?.attributes) continue;
    if (a !== undefined && earlier !== undefined) before.push({ family: a, point: earlier });
    if (b !== undefined && later !== undefined) after.push({ family: b, point: later });
  }
}

function withoutShared(
  before: readonly Series[],
  after: readonly Series[],
  identify: (labels: LabelSet) => LabelSet | string,
) {
  const earlier = byName(before, identify);
  const later = byName(after, identify);
  const isIn = (index: typeof later, { family, point }: Series) =>
    index.get(family.descriptor.name)?.has(identify(point.attributes)) ?? false;
  return {
    before: before.filter((series) => !isIn(later, series)),
    after: after.filter((series) => !isIn(earlier, series)),
  };
}

function byName(series: readonly Series[], identify: (labels: LabelSet) => LabelSet | string) {
  const index = new Map<string, Set<LabelSet | string>>();
  for (const { family, point } of series) {
    const { name } = family.descriptor;
    const known = index.get(name);
    if (known === undefined) index.set(name, new Set([identify(point.attributes)]));
    else known.add(identify(point.attributes));
  }
  return index;
}
