import type { Expected } from "./reading.ts";

export interface Comparison {
  /** The engine's own numbers from before and from after the moment that `seen` is of. */
  readonly before: ReadonlyMap<string, Expected>;
  readonly after: ReadonlyMap<string, Expected>;
  readonly seen: ReadonlyMap<string, number>;
  /** Of these a gauge may go up and down between two reads, so that only its presence can be told. */
  readonly restless: readonly string[];
}

/**
 * What is missing, too much or wrong, a line each. What stood still must be equal to the last bit; what moved must lie
 * between the two reads.
 */
export function differences({ before, after, seen, restless }: Comparison): string[] {
  const missing = [...before.keys()].filter((key) => !seen.has(key)).map((key) => `missing: ${key}`);
  const tooMuch = [...seen.keys()].filter((key) => !before.has(key)).map((key) => `too much: ${key}`);
  const wrong = [...before].flatMap(([key, { metric, container, value: first }]) => {
    const value = seen.get(key);
    const last = after.get(key)?.value ?? first;
    if (value === undefined || (restless.includes(container) && !metric.endsWith("_total"))) return [];
    const isBetween = Math.min(first, last) <= value && value <= Math.max(first, last);
    return isBetween ? [] : [`wrong: ${key} is ${value}, the engine said ${first} before and ${last} after`];
  });
  return [...missing, ...tooMuch, ...wrong];
}
