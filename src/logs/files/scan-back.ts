import { NEWLINE } from "./line-formats.ts";

/** Reads a part of a file: exactly so many bytes, all of which are there. */
export type ReadPart = (offset: number, bytes: number) => Promise<Buffer>;

export interface ScanRange {
  /** Where a line begins. */
  readonly start: number;
  /** After a newline. */
  readonly end: number;
}

const FIRST_READ_BYTES = 64 * 1024;
const MAX_READ_BYTES = 1024 * 1024;

/** Gives the lines, without their newlines, from the last to the first, until one is enough. */
export async function scanBack(
  read: ReadPart,
  { start, end }: ScanRange,
  onLine: (line: Buffer) => "more" | "enough",
): Promise<"more" | "enough"> {
  let readBytes = FIRST_READ_BYTES;
  let unread = end;
  while (unread > start) {
    const from = Math.max(start, unread - readBytes);
    const part = await read(from, unread - from);
    let lineEnd = part.length;
    while (lineEnd > 0) {
      const newline = lineEnd < 2 ? -1 : part.lastIndexOf(NEWLINE, lineEnd - 2);
      if (newline === -1 && from > start) break;
      if (onLine(part.subarray(newline + 1, lineEnd - 1)) === "enough") return "enough";
      lineEnd = newline + 1;
    }
    // A line longer than what was read is read again with more before it.
    if (lineEnd === part.length) readBytes *= 2;
    else readBytes = Math.max(readBytes, MAX_READ_BYTES);
    unread = from + lineEnd;
  }
  return "more";
}

/** Where the last whole line ends; 0 when there is none. */
export async function lastLineEnd(read: ReadPart, size: number): Promise<number> {
  let readBytes = FIRST_READ_BYTES;
  for (let unread = size; unread > 0; ) {
    const from = Math.max(0, unread - readBytes);
    const newline = (await read(from, unread - from)).lastIndexOf(NEWLINE);
    if (newline !== -1) return from + newline + 1;
    unread = from;
    readBytes = MAX_READ_BYTES;
  }
  return 0;
}
