const WIDTH = 72;
const HEIGHT = 22;

interface SparklineProps {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** The last hour of one number, without axes. Where it was not known there is no line. */
export function Sparkline({ times, values }: SparklineProps) {
  return (
    <svg class="sparkline" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(times, values)} />
    </svg>
  );
}

export function sparkPath(times: readonly number[], values: readonly (number | null)[]): string {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last === first) return "";
  const top = Math.max(...values.map((value) => value ?? 0)) || 1;
  let path = "";
  let isOpen = false;
  times.forEach((time, i) => {
    const value = values[i] ?? null;
    if (value !== null) {
      const x = ((time - first) / (last - first)) * WIDTH;
      const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
      path += `${isOpen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    isOpen = value !== null;
  });
  return path;
}
