/** What the follows of all logs may keep beyond what each has of its own. */
export interface HeardRoom {
  /** Whether there was so much; it is given back by `leave`. */
  take(bytes: number): boolean;
  leave(bytes: number): void;
}

export function createHeardRoom({ mostBytes = 16 * 1024 * 1024 } = {}): HeardRoom {
  let leftBytes = mostBytes;
  return {
    take(bytes) {
      if (bytes > leftBytes) return false;
      leftBytes -= bytes;
      return true;
    },
    leave(bytes) {
      leftBytes += bytes;
    },
  };
}
