/**
 * A count, size or time as an engine gave it, or nothing for what can't be one: null, a string, a negative or not finite
 * number. `value` is unknown on purpose: a reply's declared type is a promise that no engine signed.
 */
export function quantity(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY ? value : undefined;
}

export function secondsFromNanoseconds(nanoseconds: unknown): number | undefined {
  const value = quantity(nanoseconds);
  return value === undefined ? undefined : value / 1e9;
}

/** Windows counts CPU time in these. */
export function secondsFrom100Nanoseconds(ticks: unknown): number | undefined {
  const value = quantity(ticks);
  return value === undefined ? undefined : value / 1e7;
}

/** An object to read fields of, or nothing for null, a list or any other thing in its place. */
export function fieldsOf<T extends object>(value: T | null | undefined): T | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
