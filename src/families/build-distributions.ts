import { type LabelSet, labelSet } from "./label-set.ts";
import type { HistogramValue, SummaryValue } from "./metric-family.ts";
import { numberOf, quoted, TextFault } from "./parse-sample.ts";

/** The samples of one histogram or summary, whose points each are of several lines. */
export interface Distributions {
  /** `suffix` is what the sample's name has behind the family's. */
  add(sample: { suffix: string; labels: ReadonlyMap<string, string>; value: number }, line: number): void;
  values(): { attributes: LabelSet; value: HistogramValue | SummaryValue }[];
}

interface Collected {
  readonly attributes: LabelSet;
  /** That of its first line. */
  readonly line: number;
  /** By le or quantile. */
  readonly at: Map<number, number>;
  sum?: number;
  count?: number;
}

const POSITION = { histogram: "le", summary: "quantile" } as const;

export function createDistributions(name: string, type: keyof typeof POSITION): Distributions {
  const byLabels = new Map<string, Collected>();
  const position = POSITION[type];

  function collectedFor(labels: ReadonlyMap<string, string>, line: number): Collected {
    const own = new Map([...labels].filter(([label]) => label !== position));
    const key = keyOf(own);
    let collected = byLabels.get(key);
    if (collected === undefined) {
      collected = { attributes: labelSet(Object.fromEntries(own)), line, at: new Map() };
      byLabels.set(key, collected);
    }
    return collected;
  }

  return {
    add({ suffix, labels, value }, line) {
      const collected = collectedFor(labels, line);
      if (suffix === "sum" || suffix === "count") {
        if (collected[suffix] !== undefined)
          throw new TextFault(`${name}_${suffix} has two samples of the same labels`);
        collected[suffix] = suffix === "count" ? whole(value, `${name}_count`) : value;
        return;
      }
      if (type === "histogram" && suffix !== "bucket") {
        throw new TextFault(`${name} is a histogram: its samples are ${name}_bucket, ${name}_sum and ${name}_count`);
      }
      const text = labels.get(position) ?? "";
      const at = numberOf(text);
      if (at === undefined || !(Number.isFinite(at) || (type === "histogram" && at > 0))) {
        throw new TextFault(`${name} has ${quoted(text)} as its ${position}, which is no number`);
      }
      if (collected.at.has(at)) throw new TextFault(`${name} has two samples of the same labels, ${position} ${text}`);
      collected.at.set(at, type === "histogram" ? whole(value, `${name}_bucket`) : value);
    },
    values() {
      return [...byLabels.values()].map((collected) => ({
        attributes: collected.attributes,
        value: type === "histogram" ? histogramOf(name, collected) : summaryOf(name, collected),
      }));
    },
  };
}

/** The same for equal labels, whatever their order; an empty one is an absent one. */
export function keyOf(labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([...labels].filter(([, value]) => value !== "").sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lines count what is below them too; the model's buckets each count their own. */
function histogramOf(name: string, { at, sum, count, line }: Collected): HistogramValue {
  const cumulative = [...at].sort(([a], [b]) => a - b);
  const infinite = at.get(Number.POSITIVE_INFINITY);
  const total = count ?? infinite;
  if (total === undefined)
    throw new TextFault(`the histogram ${name} has neither a count nor a bucket of le +Inf`, line);
  if (infinite !== undefined && infinite !== total) {
    throw new TextFault(`the histogram ${name} counts ${total}, and ${infinite} in its bucket of le +Inf`, line);
  }
  const boundaries = cumulative.map(([boundary]) => boundary).filter((boundary) => Number.isFinite(boundary));
  const counts: number[] = [];
  let below = 0;
  for (const [boundary, upTo] of [
    ...cumulative.slice(0, boundaries.length),
    [Number.POSITIVE_INFINITY, total] as const,
  ]) {
    if (upTo < below) throw new TextFault(`the histogram ${name} counts fewer up to le ${boundary} than below`, line);
    counts.push(upTo - below);
    below = upTo;
  }
  return { buckets: { boundaries, counts }, count: total, ...(sum !== undefined && { sum }) };
}

function summaryOf(name: string, { at, sum, count, line }: Collected): SummaryValue {
  // The specification of Prometheus' and OpenTelemetry's compatibility drops such a one; here its author gets to know.
  if (count === undefined) throw new TextFault(`the summary ${name} has no ${name}_count`, line);
  const quantiles = [...at].sort(([a], [b]) => a - b).map(([quantile, value]) => ({ quantile, value }));
  return { count, quantiles, ...(sum !== undefined && { sum }) };
}

function whole(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TextFault(`${what} is ${value}; expected a whole number`);
}
