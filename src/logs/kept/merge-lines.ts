import type { LogLine } from "../log-line.ts";

/** Lines of one source in their own order, as they were read together. */
export type LineBatches = AsyncIterator<readonly LogLine[]>;

/**
 * The lines of several sources, each in its own order (which is the engine's, and not always that of the times), whichever
 * has the oldest next: what two containers of one name wrote becomes one log.
 */
export async function* mergeLines(sources: readonly LineBatches[]): AsyncGenerator<readonly LogLine[]> {
  const heads: Head[] = [];
  for (const source of sources) await renew({ source, lines: [], at: 0 }, heads);
  while (heads.length > 1) {
    const oldest = oldestOf(heads);
    const limit = timeOf(oldestOf(heads.filter((head) => head !== oldest)));
    const from = oldest.at;
    do oldest.at++;
    while (oldest.at < oldest.lines.length && timeOf(oldest) <= limit);
    yield oldest.lines.slice(from, oldest.at);
    if (oldest.at === oldest.lines.length) {
      heads.splice(heads.indexOf(oldest), 1);
      await renew(oldest, heads);
    }
  }
  const [last] = heads;
  if (last === undefined) return;
  yield last.lines.slice(last.at);
  for (let next = await last.source.next(); !next.done; next = await last.source.next()) yield next.value;
}

interface Head {
  readonly source: LineBatches;
  lines: readonly LogLine[];
  at: number;
}

function oldestOf(heads: readonly Head[]): Head {
  let oldest = heads[0] as Head;
  for (const head of heads) if (timeOf(head) < timeOf(oldest)) oldest = head;
  return oldest;
}

function timeOf({ lines, at }: Head): string {
  return (lines[at] as LogLine).time;
}

/** Puts the source among the heads, unless it has nothing more. */
async function renew(head: Head, heads: Head[]) {
  for (;;) {
    const next = await head.source.next();
    if (next.done) return;
    if (next.value.length === 0) continue;
    head.lines = next.value;
    head.at = 0;
    heads.push(head);
    return;
  }
}
