/** As a person wants to read it: 18_576_000_000 → "17.3 GiB". */
export function shortSize(bytes: number): string {
  const [unit, size] = UNITS.find((one) => bytes >= one[1]) ?? ["B", 1];
  return size === 1 ? `${bytes} B` : `${(bytes / size).toFixed(1)} ${unit}`;
}

const UNITS = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
] as const;
