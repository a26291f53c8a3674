import type { LogLine, LogPiece, LogStream } from "./log-line.ts";

export interface LineAssembler {
  /** The lines, and parts of long ones, that the pieces complete, in the order in which they are complete. */
  push(pieces: readonly LogPiece[]): LogLine[];
  /** What will not go on: only where the container is known to write no more. */
  flush(): LogLine[];
  /** Whether there is something that `flush` would tell. */
  readonly isPending: boolean;
}

export interface LineOptions {
  /** Each line loses the CR that the terminal put before its newline. */
  readonly tty: boolean;
  /** A longer line comes in parts of that length, counted from its start: 256 KiB if not given. */
  readonly maxLineBytes?: number;
  /** Podman cuts at what it read at once and gives each piece its own time, so that nothing but the newline ends a line. */
  readonly untilNewline?: boolean;
}

/** A piece without newline goes on with the next of its time and stream if it is as long as this (moby 20.10 … 29). */
const CUT_BYTES = 16_384;
const CR = 13;

/**
 * Joins pieces to lines, each stream for itself. A shorter piece without newline is what a program wrote last before it
 * exited, or the last of a line in the `local` driver of 20.10, which drops that newline: the line ends with it.
 */
export function createLineAssembler(options: LineOptions): LineAssembler {
  return new Assembler(options);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class Assembler implements LineAssembler {
  readonly #tty: boolean;
  readonly #maxLineBytes: number;
  readonly #untilNewline: boolean;
  #stdout: Pending | undefined;
  #stderr: Pending | undefined;

  constructor({ tty, maxLineBytes = 256 * 1024, untilNewline = false }: LineOptions) {
    this.#tty = tty;
    this.#maxLineBytes = maxLineBytes;
    this.#untilNewline = untilNewline;
  }

  push(pieces: readonly LogPiece[]): LogLine[] {
    const lines: LogLine[] = [];
    for (const piece of pieces) {
      const { stream, time, bytes, isEnded } = piece;
      const goesOn = !isEnded && (this.#untilNewline || bytes.length >= CUT_BYTES);
      let line = stream === "stdout" ? this.#stdout : this.#stderr;
      if (line && line.time !== time && !this.#untilNewline) {
        this.#end(line, lines, false);
        line = undefined;
      }
      if (!line && !goesOn && bytes.length <= this.#maxLineBytes) {
        lines.push({ stream, time, bytes: this.#tty && isEnded ? withoutCr(bytes) : bytes, isPart: false });
        continue;
      }
      const isJoined = line !== undefined;
      line ??= { stream, time, bytes: [], size: 0 };
      this.#setPending(stream, line);
      this.#add(line, piece, lines);
      if (!goesOn) this.#end(line, lines, isEnded || isJoined);
    }
    return lines;
  }

  flush(): LogLine[] {
    const lines: LogLine[] = [];
    for (const line of [this.#stdout, this.#stderr]) if (line) this.#end(line, lines, false);
    return lines;
  }

  get isPending(): boolean {
    return this.#stdout !== undefined || this.#stderr !== undefined;
  }

  #setPending(stream: LogStream, line: Pending | undefined) {
    if (stream === "stdout") this.#stdout = line;
    else this.#stderr = line;
  }

  #end(line: Pending, lines: LogLine[], isEnded: boolean) {
    const { stream, time } = line;
    const bytes = line.bytes.length === 1 ? (line.bytes[0] as Buffer) : Buffer.concat(line.bytes, line.size);
    lines.push({ stream, time, bytes: this.#tty && isEnded ? withoutCr(bytes) : bytes, isPart: false });
    this.#setPending(stream, undefined);
  }

  #add(line: Pending, piece: LogPiece, lines: LogLine[]) {
    const maxLineBytes = this.#maxLineBytes;
    // A copy, since the piece is a view of what was received, and the next may be long in coming.
    line.bytes.push(Buffer.from(piece.bytes));
    line.size += piece.bytes.length;
    if (line.size <= maxLineBytes) return;
    let rest = Buffer.concat(line.bytes, line.size);
    for (; rest.length > maxLineBytes; rest = rest.subarray(maxLineBytes))
      lines.push({ stream: line.stream, time: line.time, bytes: rest.subarray(0, maxLineBytes), isPart: true });
    line.bytes = [rest];
    line.size = rest.length;
  }
}

interface Pending {
  readonly stream: LogStream;
  readonly time: string;
  bytes: Buffer[];
  size: number;
}

function withoutCr(bytes: Buffer): Buffer {
  return bytes[bytes.length - 1] === CR ? bytes.subarray(0, -1) : bytes;
}
