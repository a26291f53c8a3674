const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Microseconds since the Unix epoch of an RFC 3339 time with up to nine digits of a second, or nothing for anything else
 * and for Go's zero time (0001-01-01), which the engine gives for "never". Cut to microseconds, because a double can't
 * hold more of today's times, and rounding .9999999 up would give the next second.
 */
export function microsecondsFromRfc3339(text: unknown): number | undefined {
  const match = typeof text === "string" ? RFC_3339.exec(text) : null;
  if (match === null) return undefined;
  const [, seconds, fraction = "", zone] = match;
  const wholeMs = Date.parse(`${seconds}${zone}`);
  return wholeMs > 0 ? wholeMs * 1000 + Number(fraction.padEnd(6, "0")) : undefined;
}

export function secondsFromRfc3339(text: unknown): number | undefined {
  const microseconds = microsecondsFromRfc3339(text);
  return microseconds === undefined ? undefined : microseconds / 1e6;
}
