import { trendOf } from "./trend.ts";
import type { Held } from "./watched-agent.ts";

const MIB = 2 ** 20;
/** Fewer tell no trend. */
const MIN_READINGS = 10;

/** What a measure may rise by in the latter half: a share of its level, or what of it comes and goes with the work. */
const ALLOWED_RISE: Readonly<Partial<Record<keyof Held, { share: number; slack?: number }>>> = {
  heapBytes: { share: 0.05 },
  externalBytes: { share: 0.05 },
  // What V8's young generation and malloc needed in the worst moment so far they keep.
  peakResidentBytes: { share: 0.1 },
  resources: { share: 0.05, slack: 8 },
  // Connections to engine and receiver, which node closes some seconds after their last use.
  descriptors: { share: 0.05, slack: 8 },
  threads: { share: 0.05 },
};

export interface Progress {
  readonly simulatedHours: number;
  readonly sweeps: number;
  readonly requests: number;
  readonly removed: number;
}

export function printHead() {
  print(
    ["simulated h", "sweeps", "requests", "removed"],
    ["heap MiB", "external", "RSS peak"],
    ["resources", "fds", "threads"],
  );
}

/** A point of the curve. */
export function printReading({ simulatedHours, sweeps, requests, removed }: Progress, held: Held) {
  const mib = [held.heapBytes, held.externalBytes, held.peakResidentBytes].map((bytes) => (bytes / MIB).toFixed(1));
  print([simulatedHours.toFixed(2), sweeps, requests, removed], mib, [held.resources, held.descriptors, held.threads]);
}

/** Says how each measure went; whether all were flat. */
export function printTrends(held: readonly Held[]): boolean {
  const verdicts = Object.entries(ALLOWED_RISE).map(([name, { share, slack = 0 }]) => {
    const { level, rise } = trendOf(held.map((one) => one[name as keyof Held]));
    const isFlat = rise * level <= Math.max(share * level, slack);
    const told = `${name.padEnd(18)} ${Math.round(level)}, ${(rise * 100).toFixed(2)} % up in the latter half`;
    console.log(`${told} (at most ${share * 100} %${slack > 0 ? `, or ${slack}` : ""})${isFlat ? "" : ": TOO MUCH"}`);
    return isFlat;
  });
  return held.length >= MIN_READINGS && verdicts.every(Boolean);
}

function print(...groups: readonly (readonly (string | number)[])[]) {
  console.log(
    groups
      .flat()
      .map((cell) => String(cell).padStart(11))
      .join(" "),
  );
}
