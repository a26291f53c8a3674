export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly factor?: number;
  /** Uniform in [0, 1): a test's own, else Math.random. */
  readonly random?: () => number;
}

export interface Backoff {
  /** The next wait in milliseconds: growing, within ±25 % so that a fleet does not return in step. */
  next(): number;
  reset(): void;
}

export function createBackoff({ firstMs, maxMs, factor = 2, random = Math.random }: BackoffOptions): Backoff {
  let currentMs = firstMs;
  return {
    next() {
      const waitMs = currentMs * (0.75 + random() / 2);
      currentMs = Math.min(maxMs, currentMs * factor);
      return Math.round(waitMs);
    },
    reset() {
      currentMs = firstMs;
    },
  };
}
