import { oneOf } from "../support/seeded.ts";

/** A reply with one of its fields told wrong. */
export interface Lie {
  readonly reply: unknown;
  /** "cpu_stats.cpu_usage.total_usage" */
  readonly path: string;
  readonly told: unknown;
}

const GONE = Symbol("gone");

/** What can't be a count, a size or a time: where a number was due, nothing may come of these. */
export const NO_NUMBERS: readonly unknown[] = [null, "7", "", true, false, [], {}, [7], { value: 7 }, -1, -0.5, GONE];

/** What can be one as far as its type goes: past 2^53, past 2^63, what a counter shows that fell below 0, the largest. */
export const HUGE_NUMBERS: readonly number[] = [2 ** 53 + 2, 2 ** 63, 2 ** 64 - 2048, 1e308, 5e-324];

/** For anything: long, nested, with halves of characters, names of what every object has. */
export const ODDITIES: readonly unknown[] = [
  "x".repeat(100_000),
  "\ud800",
  '\u0000\n"{}=,',
  "__proto__",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-02-30T25:61:61Z",
  JSON.parse('{"__proto__":{"a":1},"constructor":7,"toString":null,"length":-1}'),
  JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`),
  Array.from({ length: 5_000 }, (_, i) => `${i}`),
];

/** Every place in a reply, its branches too, to a depth that no real one has. */
export function pathsOf(reply: unknown, prefix = "", depth = 0): string[] {
  if (typeof reply !== "object" || reply === null || depth > 20) return [];
  return Object.entries(reply).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}\n${key}`;
    return [path, ...pathsOf(inner, path, depth + 1)];
  });
}

/** A copy of the reply in which `told` stands at `path`. */
export function lied(reply: unknown, path: string, told: unknown): Lie {
  const copy = copied(reply);
  const keys = path.split("\n");
  const last = keys.pop() as string;
  let at = copy as Record<string, unknown>;
  for (const key of keys) at = at[key] = copied(at[key]);
  if (told === GONE) delete at[last];
  else at[last] = told;
  return { reply: copy, path, told };
}

/** Only what lies on the way to the lie, so that what is nested deep stays what it is. */
function copied(value: unknown): Record<string, unknown> {
  return (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
}

/** Several lies in one reply; a later one may take the place of an earlier. */
export function liedAtRandom(reply: unknown, count: number, random: () => number): unknown {
  let told = reply;
  for (let i = 0; i < count; i++) {
    const paths = pathsOf(told);
    if (paths.length === 0) return told;
    told = lied(told, oneOf(paths, random), oneOf([...NO_NUMBERS, ...HUGE_NUMBERS, ...ODDITIES], random)).reply;
  }
  return told;
}
