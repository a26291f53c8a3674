/**
 * Times as engines write them in logs: "2026-11-21T05:00:00.123456789Z", always 30 characters, so that they sort as text
 * and lose nothing on their way through a number.
 */
export function nanoTimeFromMs(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000000Z`;
}

/** Of RFC 3339 with any fraction and offset; of a time without an offset, or of a day alone, as UTC. Else nothing. */
export function nanoTimeFromText(text: string): string | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, day, clock = "00:00:00", fraction = "", offset = "Z"] = match;
  const ms = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}${offset.toUpperCase()}`);
  if (Number.isNaN(ms)) return undefined;
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0").slice(0, 9)}Z`;
}

/** To the microsecond or so: a number holds no nanoseconds since 1970. */
export function msFromNanoTime(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) + Number(`0${time.slice(19, -1)}`) * 1000;
}

const PATTERN = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,12}))?([Zz]|[+-]\d{2}:\d{2})?)?$/;
