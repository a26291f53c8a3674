import type { LogLine } from "../log-line.ts";
import type { LineFormat } from "./line-formats.ts";

/** Lines as they go to the file in one write. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Where each line ends in `bytes`. */
  readonly ends: readonly number[];
}

interface BatchRequest {
  readonly lines: readonly LogLine[];
  /** The first of them. */
  readonly from: number;
  readonly format: LineFormat;
  /** Is written over. */
  readonly buffer: Buffer;
  /** Of the file. */
  readonly roomBytes: number;
  /** A line for which a whole file is too small has one of its own. */
  readonly isFileEmpty: boolean;
}

/** As many lines as fit into the buffer and the file; none: the file is full. */
export function fillBatch({ lines, from, format, buffer, roomBytes, isFileEmpty }: BatchRequest): Batch {
  const ends: number[] = [];
  let end = 0;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] as LogLine;
    const maxBytes = format.maxBytesOf(line);
    if (end + maxBytes > buffer.length) {
      if (end === 0) return oversized(line, Buffer.allocUnsafe(maxBytes), { format, roomBytes, isFileEmpty });
      break;
    }
    const lineEnd = format.encode(line, buffer, end);
    if (lineEnd > roomBytes && !(isFileEmpty && end === 0)) break;
    ends.push(lineEnd);
    end = lineEnd;
  }
  return { bytes: buffer.subarray(0, end), ends };
}

function oversized(
  line: LogLine,
  buffer: Buffer,
  { format, roomBytes, isFileEmpty }: Pick<BatchRequest, "format" | "roomBytes" | "isFileEmpty">,
): Batch {
  const end = format.encode(line, buffer, 0);
  if (end > roomBytes && !isFileEmpty) return { bytes: buffer.subarray(0, 0), ends: [] };
  return { bytes: buffer.subarray(0, end), ends: [end] };
}
