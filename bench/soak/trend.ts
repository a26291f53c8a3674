/** Some measure of the agent, at even times. */
export interface Trend {
  /** The mean of the latter half. */
  readonly level: number;
  /** How much of its level it rises in the latter half, by the line of least squares; negative where it falls. */
  readonly rise: number;
}

/** The first half is for heap and compiler to find their size. */
export function trendOf(values: readonly number[]): Trend {
  const latter = values.slice(Math.floor(values.length / 2));
  const level = mean(latter);
  const middle = (latter.length - 1) / 2;
  let product = 0;
  let square = 0;
  for (const [i, value] of latter.entries()) {
    product += (i - middle) * (value - level);
    square += (i - middle) ** 2;
  }
  const slope = square === 0 ? 0 : product / square;
  return { level, rise: level === 0 ? 0 : (slope * (latter.length - 1)) / level };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
