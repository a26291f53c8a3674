import type { LogPiece } from "../log-line.ts";
import { createFrameDecoder } from "./frames.ts";
import { createTerminalDecoder } from "./terminal.ts";

/** From the bytes of a container's log to the pieces that the engine sent: any cutting of the bytes gives the same. */
export interface PieceDecoder {
  /** What the chunk completes. The pieces are views of it and of nothing that is written again. */
  push(chunk: Buffer): LogPiece[];
  /** What an end that the engine told of completes; after a cut connection the rest is no piece. */
  flush(): LogPiece[];
  /** Why nothing more will come: the engine's own word, or bytes that are no log. */
  readonly failure: string | undefined;
  /** Entries without a time so far. They have that of the entry before; with none before, they are left out. */
  readonly untimed: number;
}

/**
 * A terminal's log has no frames. The first byte decides where it is plain, since times begin with a digit and frames
 * with their type: API 1.41 and older tell no content type, and a Podman may tell another one than it sends.
 */
export function createPieceDecoder({ tty }: { tty: boolean }): PieceDecoder {
  return new EitherDecoder(tty);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class EitherDecoder implements PieceDecoder {
  readonly #tty: boolean;
  #decoder: PieceDecoder | undefined;

  constructor(tty: boolean) {
    this.#tty = tty;
  }

  push(chunk: Buffer): LogPiece[] {
    if (chunk.length === 0) return [];
    this.#decoder ??= isTerminal(chunk[0] as number, this.#tty) ? createTerminalDecoder() : createFrameDecoder();
    return this.#decoder.push(chunk);
  }

  flush(): LogPiece[] {
    return this.#decoder?.flush() ?? [];
  }

  get failure(): string | undefined {
    return this.#decoder?.failure;
  }

  get untimed(): number {
    return this.#decoder?.untimed ?? 0;
  }
}

function isTerminal(first: number, tty: boolean): boolean {
  if (first <= 3) return false;
  return tty || (first >= 0x30 && first <= 0x39);
}
