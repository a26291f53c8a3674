export interface Turns {
  /**
   * Resolves when it is one's turn, with what gives the turn back; with "full" at once when too many wait, and with "left"
   * when the signal aborts before.
   */
  take(signal: AbortSignal, options?: { readonly unbounded?: boolean }): Promise<(() => void) | "full" | "left">;
}

/** At most `workers` have a turn at once, and at most `queue` wait for one, beside those that wait unbounded. */
export function createTurns({ workers, queue }: { workers: number; queue: number }): Turns {
  const waiting = new Set<{ readonly begin: () => void; readonly unbounded: boolean }>();
  let running = 0;

  function turn(): () => void {
    running++;
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      running--;
      const [next] = waiting;
      next?.begin();
    };
  }

  return {
    async take(signal, { unbounded = false } = {}) {
      if (signal.aborted) return "left";
      if (running < workers) return turn();
      if (!unbounded && [...waiting].filter((one) => !one.unbounded).length >= queue) return "full";
      return new Promise((resolve) => {
        const one = { begin: () => end(turn()), unbounded };
        const leave = () => end("left");
        function end(result: (() => void) | "left") {
          waiting.delete(one);
          signal.removeEventListener("abort", leave);
          resolve(result);
        }
        waiting.add(one);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
