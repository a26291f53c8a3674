/** What the engine makes of what a container writes: a line, or a piece of one. */
export interface CopiedPiece {
  readonly atNs: bigint;
  /** Without the newline. */
  readonly bytes: Buffer;
  readonly ended: PieceEnd;
}

/** By a newline, a line of one piece or the last of several; or not at all: more follows, or nothing ever will. */
export type PieceEnd = "line" | "line of pieces" | "open";

export interface Copier {
  /** What a container wrote at once; what is no whole line waits for more. */
  read(bytes: Buffer, atNs: bigint): CopiedPiece[];
  /** Its end of the pipe was closed: what waited is a piece without a newline. */
  end(atNs: bigint): CopiedPiece[];
}

/** How an engine cuts what a container writes. */
export interface Cutting {
  readonly pieceBytes: number;
  /** What is no whole line is a piece at once, with a time of its own; else it waits for its end. */
  readonly atOnce: boolean;
}

/** moby's daemon/logger/copier.go, 20.10 … 29: the size of its buffer. */
export const DOCKER_CUTTING: Cutting = { pieceBytes: 16 * 1024, atOnce: false };
/** Podman 5.4.2 with conmon, as recorded: "half of ", written alone, is a piece. */
export const PODMAN_CUTTING: Cutting = { pieceBytes: 8 * 1024, atOnce: true };

/** Cuts one stream of a container into pieces; with Docker all pieces of a line have the time of its first. */
export function createCopier({ pieceBytes, atOnce }: Cutting): Copier {
  let waiting: Buffer = Buffer.alloc(0);
  let openSinceNs: bigint | undefined;
  return {
    read(bytes, atNs) {
      const pieces: CopiedPiece[] = [];
      const all = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      let at = 0;
      for (;;) {
        const newline = all.indexOf(0x0a, at);
        const lineEnd = newline < 0 ? all.length : newline;
        if (lineEnd - at >= pieceBytes) {
          openSinceNs ??= atNs;
          pieces.push({ atNs: openSinceNs, bytes: all.subarray(at, at + pieceBytes), ended: "open" });
          at += pieceBytes;
          if (atOnce) openSinceNs = undefined;
        } else if (newline >= 0) {
          const ended = openSinceNs === undefined ? "line" : "line of pieces";
          pieces.push({ atNs: openSinceNs ?? atNs, bytes: all.subarray(at, newline), ended });
          openSinceNs = undefined;
          at = newline + 1;
        } else break;
      }
      if (atOnce && at < all.length) pieces.push({ atNs, bytes: all.subarray(at), ended: "open" });
      waiting = atOnce ? Buffer.alloc(0) : all.subarray(at);
      return pieces;
    },
    end(atNs) {
      const rest = waiting;
      const pieceAtNs = openSinceNs ?? atNs;
      waiting = Buffer.alloc(0);
      openSinceNs = undefined;
      return rest.length === 0 ? [] : [{ atNs: pieceAtNs, bytes: rest, ended: "open" }];
    },
  };
}
