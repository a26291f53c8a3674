import type { MetricFamily } from "../families/metric-family.ts";

export interface NamesTaken {
  /** The agent's own names. */
  readonly isReserved: (name: string) => boolean;
  /** What other programs gave last. */
  readonly others: readonly { readonly exporter: string; readonly families: readonly MetricFamily[] }[];
}

/** One name can be of one type only on a page, and of one source that means something by it. */
export function nameConflict(
  families: readonly MetricFamily[],
  { isReserved, others }: NamesTaken,
): string | undefined {
  for (const family of families) {
    const { name } = family.descriptor;
    if (isReserved(name)) return `wrote ${name}, which is a name of Tallyman's own metrics`;
    for (const { exporter, families: theirs } of others) {
      const same = theirs.find(({ descriptor }) => descriptor.name === name);
      if (same !== undefined && typeOf(same) !== typeOf(family)) {
        return `wrote ${name} as another type than the program ${exporter} does`;
      }
    }
  }
  return undefined;
}

function typeOf(family: MetricFamily): string {
  const detail = "isMonotonic" in family ? family.isMonotonic : "untyped" in family && family.untyped;
  return `${family.dataPointType} ${detail}`;
}
