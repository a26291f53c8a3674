import type { LogPiece, LogStream } from "../../src/logs/log-line.ts";

export interface Entry {
  readonly stream?: LogStream;
  readonly time: string;
  readonly text: string | Buffer;
  /** Without it the entry has its newline. */
  readonly isCut?: boolean;
}

/** As the engine frames an entry (moby, pkg/stdcopy). */
export function frameOf({ stream = "stdout", time, text, isCut = false }: Entry): Buffer {
  return framed(
    stream === "stdout" ? 1 : 2,
    Buffer.concat([Buffer.from(`${time} `), bytesOf(text, isCut ? "" : "\n")]),
  );
}

export function framed(type: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content as string);
  const head = Buffer.alloc(8);
  head[0] = type;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** As the engine sends an entry of a terminal. */
export function terminalEntry({ time, text, isCut = false }: Entry): Buffer {
  return Buffer.concat([Buffer.from(`${time} `), bytesOf(text, isCut ? "" : "\n")]);
}

/** "2026-11-21T05:00:00.000000007Z" */
export function timeAt(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9);
  const head = new Date(Date.UTC(2026, 10, 21, 5) + seconds * 1000).toISOString().slice(0, 19);
  return `${head}.${String(nanoseconds % 1e9).padStart(9, "0")}Z`;
}

/** The bytes in chunks of any size: mostly small ones, some that hold many entries. */
export function cutAnywhere(bytes: Buffer, random: () => number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() ** 3 * 10 ** (1 + 4 * random()));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

export function piecesAsText(pieces: readonly LogPiece[]): string[] {
  return pieces.map(({ stream, time, bytes, isEnded }) => {
    const text = bytes.length > 100 ? `${bytes.length} bytes` : bytes.toString("latin1");
    return `${stream} ${time} ${JSON.stringify(text)}${isEnded ? "" : " …"}`;
  });
}

function bytesOf(text: string | Buffer, ending: string): Buffer {
  return Buffer.concat([typeof text === "string" ? Buffer.from(text) : text, Buffer.from(ending)]);
}
