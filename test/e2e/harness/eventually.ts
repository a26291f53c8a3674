import { setTimeout as wait } from "node:timers/promises";

/** Repeats `check` until it passes; after `withinMs` fails as it failed last. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { withinMs, everyMs = 100 }: { withinMs: number; everyMs?: number },
): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadlineMs) throw error;
      await wait(everyMs);
    }
  }
}
