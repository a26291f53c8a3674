export interface LineSplitter {
  /** The lines that the chunk ends, without their "\n". */
  push(chunk: Buffer): string[];
  /** Lines left out so far because they were longer than the bound. */
  readonly overlong: number;
}

/** Cuts a stream of bytes into lines, holding `maxBytes` of an unfinished one at most. */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let skipping = false;
  let overlong = 0;

  function hold(part: Buffer) {
    if (skipping || part.length === 0) return;
    heldBytes += part.length;
    if (heldBytes <= maxBytes) held.push(part);
    else {
      skipping = true;
      overlong += 1;
      held = [];
    }
  }

  function take(): string | undefined {
    const line = skipping ? undefined : Buffer.concat(held).toString();
    held = [];
    heldBytes = 0;
    skipping = false;
    return line;
  }

  return {
    push(chunk) {
      const lines: string[] = [];
      let from = 0;
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        hold(chunk.subarray(from, at));
        const line = take();
        if (line !== undefined) lines.push(line);
        from = at + 1;
      }
      hold(chunk.subarray(from));
      return lines;
    },
    get overlong() {
      return overlong;
    },
  };
}
