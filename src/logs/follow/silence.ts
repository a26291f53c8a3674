/**
 * For how long a follow that tells nothing is believed: on 20.10.24 that of a json-file stops for good at some rotations,
 * and nothing tells so.
 */
export interface Silence {
  readonly maxMs: number;
  /** It may have stopped since. */
  told(): void;
  /** So long passed, and it is opened anew. */
  passed(): void;
}

/** Right after it told something it is most likely to have stopped (3 of 4 bursts over files of 10 and 100 kB). */
const FIRST_MS = 1_000;

export function createSilence(mostMs: number): Silence {
  const firstMs = Math.min(FIRST_MS, mostMs);
  let maxMs = firstMs;
  return {
    get maxMs() {
      return maxMs;
    },
    told() {
      maxMs = firstMs;
    },
    passed() {
      maxMs = Math.min(2 * maxMs, mostMs);
    },
  };
}
