/**
 * The age in a list entry's Status, "Up 5 minutes (healthy)" or "Exited (0) 3 weeks ago", as bounds in seconds: the list
 * tells nothing else of when a container last started or ended. Words as docker/go-units v0.5 HumanDuration writes them.
 */
export function ageOf(status: string): { fromSeconds: number; toSeconds: number } | undefined {
  const match = AGE.exec(status);
  if (!match) return undefined;
  const [, count, unit] = match;
  if (unit === undefined) return { fromSeconds: 0, toSeconds: 1 };
  const many = Number(count ?? 1);
  const seconds = UNITS[unit as keyof typeof UNITS];
  // From an hour on it counts in hours that are rounded to the nearest.
  const rounded = seconds >= HOUR ? HOUR / 2 : 0;
  return { fromSeconds: many * seconds - rounded, toSeconds: (many + 1) * seconds };
}

export function withoutAge(status: string): string {
  return status.replace(AGE, "");
}

const AGE = /Less than a second|(?:About an?|(\d+)) (second|minute|hour|day|week|month|year)s?/;

const HOUR = 3600;
const UNITS = {
  second: 1,
  minute: 60,
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
  year: 365 * 24 * HOUR,
};
