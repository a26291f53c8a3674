/** What the engine writes for "never". */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

/** RFC 3339 as Go writes it: the fraction without trailing zeros. Absent: never. */
export function rfc3339(ms: number | undefined): string {
  if (ms === undefined) return ZERO_TIME;
  const seconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - seconds * 1000) * 1e6);
  const fraction = nanoseconds === 0 ? "" : `.${String(nanoseconds).padStart(9, "0").replace(/0+$/, "")}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

/** "1795236241.768248560", seconds with an optional fraction, as `since` and `until` take a time; absent: it is none. */
export function nanosecondsOf(text: string | null): bigint | undefined {
  const match = /^(\d+)(?:\.(\d{1,9}))?$/.exec(text ?? "");
  if (!match?.[1]) return undefined;
  return BigInt(match[1]) * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}

/** As `docker ps` shows an age: go-units' HumanDuration, which the engine puts in a list's Status. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
