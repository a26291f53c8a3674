const NEWLINE = 0x0a;

export interface LineSplitter {
  /** The lines that this ends, without their newlines: views of the chunk where they can be. */
  push(chunk: Buffer): Buffer[];
  /** What has no newline yet. */
  rest(): Buffer;
}

export function createLineSplitter(): LineSplitter {
  let pending: Buffer[] = [];
  return {
    push(chunk) {
      const lines: Buffer[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const end = chunk.subarray(from, at);
        lines.push(pending.length === 0 ? end : Buffer.concat([...pending, end]));
        pending = [];
        from = at + 1;
      }
      if (from < chunk.length) pending.push(chunk.subarray(from));
      return lines;
    },
    rest: () => Buffer.concat(pending),
  };
}
