import type { LogLine, LogStream } from "../log-line.ts";

/**
 * Lines as the containers wrote them, one after the other. Parts of a line are put together again, as far as no line of the
 * other stream comes between.
 */
export function createLineText({ timestamps }: { timestamps: boolean }): (lines: readonly LogLine[]) => Buffer {
  let unfinished: LogStream | undefined;
  return (lines) => {
    const pieces: Buffer[] = [];
    for (const { stream, time, bytes, isPart } of lines) {
      const goesOn = unfinished === stream;
      if (unfinished !== undefined && !goesOn) pieces.push(NEWLINE);
      if (timestamps && !goesOn && time !== "") pieces.push(Buffer.from(`${time} `, "latin1"));
      pieces.push(bytes);
      if (!isPart) pieces.push(NEWLINE);
      unfinished = isPart ? stream : undefined;
    }
    return Buffer.concat(pieces);
  };
}

const NEWLINE = Buffer.from("\n");
