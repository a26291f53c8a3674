import type { LogLine } from "../log-line.ts";

export interface LastLines {
  add(lines: readonly LogLine[]): void;
  /** The newest of those added, in their order. */
  take(): LogLine[];
}

export function createLastLines(count: number): LastLines {
  const ring: LogLine[] = [];
  let next = 0;
  return {
    add(lines) {
      if (count === 0) return;
      // Copied: a line that stays would hold all that was read with it.
      for (const line of lines.slice(-count)) {
        ring[next] = { ...line, bytes: Buffer.from(line.bytes) };
        next = (next + 1) % count;
      }
    },
    take: () => [...ring.slice(next), ...ring.slice(0, next)],
  };
}
