/** The candidate that `given` was probably meant to be, or nothing when none is near enough to be a help. */
export function nearest(given: string, candidates: Iterable<string>): string | undefined {
  // A setting's name has no bound in a file; the distance is quadratic.
  const text = plain(given.slice(0, 100));
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(text, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? onlyOneThatEndsWith(text, candidates);
}

/** A setting that was written without its section: `interval` for `otlp.interval`. */
function onlyOneThatEndsWith(text: string, candidates: Iterable<string>): string | undefined {
  const lastName = text.replace(/^.*\./, "");
  const ending = [...candidates].filter((candidate) => plain(candidate).endsWith(`.${lastName}`));
  return ending.length === 1 ? ending[0] : undefined;
}

/** Spelling habits (`export_interval`, `exportInterval`, `EXPORT-INTERVAL`) are no distance. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(beforeLast, j - 2) + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
