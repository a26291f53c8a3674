const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `"15s"` → 15000. A bare number is milliseconds. Nothing for a text that is no duration. */
export function millisecondsFromText(text: string): number | undefined {
  return scaled(text, DURATION_UNITS, "ms");
}

/** `"3MiB"` → 3145728. A bare number is bytes. Nothing for a text that is no size. */
export function bytesFromText(text: string): number | undefined {
  return scaled(text, SIZE_UNITS, "B");
}

/** The shortest text that reads back as the same duration: 90000 → `"90s"`, 60000 → `"1m"`; a day is `"24h"`, two are `"2d"`. */
export function durationText(milliseconds: number): string {
  const { d, h, m, s } = DURATION_UNITS;
  return shortest(milliseconds, { ...(milliseconds > d && { d }), h, m, s }, "ms");
}

export function sizeText(bytes: number): string {
  return shortest(bytes, { GiB: SIZE_UNITS.GiB, MiB: SIZE_UNITS.MiB, KiB: SIZE_UNITS.KiB }, "B");
}

function scaled(text: string, units: Record<string, number>, bareUnit: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = match[2] || bareUnit;
  if (!Object.hasOwn(units, unit)) return undefined;
  return Math.round(Number(match[1]) * (units[unit] as number));
}

function shortest(amount: number, units: Record<string, number>, smallest: string): string {
  for (const [unit, factor] of Object.entries(units)) {
    if (amount >= factor && amount % factor === 0) return `${amount / factor}${unit}`;
  }
  return `${amount}${smallest}`;
}
