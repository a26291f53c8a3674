export interface Bell {
  ring(): void;
  /** Resolves when it is rung, at once if that was since it was last heard; after `withinMs` and when the signal aborts too. */
  heard(withinMs: number, signal: AbortSignal): Promise<void>;
}

/** Wakes one that waits, however often it is rung meanwhile. */
export function createBell(): Bell {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      isRung = true;
      wake?.();
    },
    heard(withinMs, signal) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          wake = undefined;
          isRung = false;
          resolve();
        };
        const timer = setTimeout(done, withinMs);
        if (isRung || signal.aborted) return done();
        signal.addEventListener("abort", done, { once: true });
        wake = done;
      });
    },
  };
}
