export interface TimeLimit {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  remainingMs(): number;
  /** The work is done: the signal won't abort any more. */
  end(): void;
}

export interface TimeLimits {
  start(limitMs: number): TimeLimit;
  /** What is under way gets no more than this from now on. */
  shorten(limitMs: number): void;
}

/** The time limits of what is under way, which a stop can shorten. */
export function createTimeLimits(): TimeLimits {
  const shorteners = new Set<(limitMs: number) => void>();
  return {
    start(limitMs) {
      const controller = new AbortController();
      let deadline = performance.now() + limitMs;
      let timer = setTimeout(() => controller.abort(), limitMs);
      const shorten = (shorterMs: number) => {
        const sooner = performance.now() + shorterMs;
        if (sooner >= deadline) return;
        deadline = sooner;
        clearTimeout(timer);
        timer = setTimeout(() => controller.abort(), shorterMs);
      };
      shorteners.add(shorten);
      return {
        signal: controller.signal,
        remainingMs: () => Math.max(0, deadline - performance.now()),
        end() {
          clearTimeout(timer);
          shorteners.delete(shorten);
        },
      };
    },
    shorten(limitMs) {
      for (const shorten of shorteners) shorten(limitMs);
    },
  };
}
