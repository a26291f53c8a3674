/** Who may keep a compressed file open from one request to the next; the others wait, in their order. */
export interface ReaderTurns {
  /** Whether it may; if not, it waits for `next` to name it. */
  mayKeep(key: string): boolean;
  isWaiting(key: string): boolean;
  /** It keeps none, and waits for none. */
  done(key: string): void;
  /** Whose turn it is now, for which there is room. */
  next(): string | undefined;
}

/** An open file is a descriptor and half a megabyte, and one that has to be unpacked anew for each request costs far more. */
export function createReaderTurns(limit: number): ReaderTurns {
  const keeping = new Set<string>();
  const waiting = new Set<string>();
  return {
    mayKeep(key) {
      if (keeping.has(key)) return true;
      const mayNow = keeping.size < limit && waiting.size === 0;
      (mayNow ? keeping : waiting).add(key);
      return mayNow;
    },
    isWaiting: (key) => waiting.has(key),
    done(key) {
      keeping.delete(key);
      waiting.delete(key);
    },
    next() {
      const [key] = waiting;
      if (key === undefined || keeping.size >= limit) return undefined;
      waiting.delete(key);
      keeping.add(key);
      return key;
    },
  };
}
