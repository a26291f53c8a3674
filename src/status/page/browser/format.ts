/** Numbers as people read them. What is not known is an empty text. */

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(value: number | null | undefined): string {
  if (value === undefined || value === null) return "";
  let scaled = value;
  let unit = 0;
  while (scaled >= 1024 && unit < BYTE_UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${scaled.toFixed(unit === 0 || scaled >= 100 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}

export function bytesPerSecond(value: number | null | undefined): string {
  return value === undefined || value === null ? "" : `${bytes(value)}/s`;
}

/** Of one core, as `docker stats` says it: 150 % is one and a half cores. */
export function cores(value: number | null | undefined): string {
  if (value === undefined || value === null) return "";
  const percent = value * 100;
  return `${percent.toFixed(percent >= 100 ? 0 : 1)} %`;
}

export function count(value: number | undefined): string {
  return value === undefined ? "" : value.toLocaleString("en");
}

const AGES: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** The two largest units: "3 d 4 h", "12 s". */
export function age(seconds: number | undefined): string {
  if (seconds === undefined) return "";
  if (seconds < 1) return "now";
  const first = AGES.findIndex(([size]) => seconds >= size);
  const [size, unit] = AGES[first] as readonly [number, string];
  const whole = Math.floor(seconds / size);
  const next = AGES[first + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds - whole * size) / next[0]);
  return next === undefined || rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[1]}`;
}

export function ago(sinceMs: number | undefined, nowMs: number): string {
  if (sinceMs === undefined) return "";
  const seconds = (nowMs - sinceMs) / 1000;
  return seconds < 1 ? "just now" : `${age(seconds)} ago`;
}
