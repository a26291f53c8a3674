import { setTimeout as wait } from "node:timers/promises";

interface EventuallyOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
  readonly what?: string;
}

/**
 * Resolves with what `condition` gives as soon as that is neither false nor nothing; rejects after `withinMs`, with the
 * condition's last error where it threw. For things that happen on a socket's own time, instead of a sleep.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinMs = 30_000, everyMs = 5, what = condition.toString() }: EventuallyOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let cause: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}`, { cause });
    await wait(everyMs);
  }
}

/** Resolves with what `check` gives as soon as it throws nothing; rejects with its last error. */
export async function eventuallyPasses<T>(
  check: () => T | Promise<T>,
  { withinMs, everyMs = 100 }: { readonly withinMs: number; readonly everyMs?: number },
): Promise<T> {
  let failure: unknown;
  const passed = async () => {
    try {
      return { value: await check() };
    } catch (error) {
      failure = error;
      return undefined;
    }
  };
  const { value } = await eventually(passed, { withinMs, everyMs }).catch(() => Promise.reject(failure));
  return value;
}
