/**
 * Runs `work` over `items`, at most `limit` at once, and resolves when all are done. `work` must not reject: a failure
 * is a value here (see the invariants in docs/architecture.md).
 */
export async function eachInPool<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>) {
  let next = 0;
  async function worker() {
    while (next < items.length) {
      const item = items[next++] as T;
      await work(item);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
