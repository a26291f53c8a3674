import type { LogPiece, LogStream } from "../log-line.ts";
import { readEntryTime } from "./entry-time.ts";
import type { PieceDecoder } from "./piece-decoder.ts";

/** moby sends 16 KiB and a time at most, other drivers and Podman a whole line: beyond this it is no frame. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const HEAD_BYTES = 8;
const NEWLINE = 10;

/** Frames of both streams: type, three zeros, length, and an entry (moby, pkg/stdcopy). */
export function createFrameDecoder(): PieceDecoder {
  return new FrameDecoder();
}

class FrameDecoder implements PieceDecoder {
  failure: string | undefined;
  untimed = 0;
  #held: Buffer[] | undefined;
  #heldBytes = 0;
  /** How many bytes the next step wants: fewer are kept as they come, so that small chunks cost no copying of large ones. */
  #wantedBytes = HEAD_BYTES;
  #lastOfStdout: string | undefined;
  #lastOfStderr: string | undefined;

  push(chunk: Buffer): LogPiece[] {
    const pieces: LogPiece[] = [];
    if (this.failure !== undefined) return pieces;
    const data = this.#joined(chunk);
    if (data === undefined) return pieces;
    let at = 0;
    this.#wantedBytes = HEAD_BYTES;
    while (data.length - at >= HEAD_BYTES) {
      const type = data[at] as number;
      const bytes = data.readUInt32BE(at + 4);
      if (type > 3 || data[at + 1] || data[at + 2] || data[at + 3] || bytes > MAX_FRAME_BYTES) {
        this.failure = `no frame of a log begins with ${data.toString("hex", at, at + HEAD_BYTES)}`;
        return pieces;
      }
      const end = at + HEAD_BYTES + bytes;
      if (end > data.length) {
        this.#wantedBytes = HEAD_BYTES + bytes;
        break;
      }
      if (type === 3) {
        const said = data.toString("utf8", at + HEAD_BYTES, Math.min(end, at + 500)).trim();
        this.failure = `the engine broke the log off: ${said}`;
        return pieces;
      }
      if (bytes > 0) this.#take(data, at + HEAD_BYTES, end, type === 2 ? "stderr" : "stdout", pieces);
      at = end;
    }
    this.#hold(data.subarray(at));
    return pieces;
  }

  /** Half a frame is no entry. */
  flush(): LogPiece[] {
    return [];
  }

  #joined(chunk: Buffer): Buffer | undefined {
    if (this.#held === undefined) return chunk;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) return undefined;
    const data = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = undefined;
    this.#heldBytes = 0;
    return data;
  }

  /** A copy, so that a few bytes keep no large chunk alive. */
  #hold(rest: Buffer) {
    if (rest.length === 0) return;
    this.#held = [Buffer.from(rest)];
    this.#heldBytes = rest.length;
  }

  /** One entry; more than one line in it is not moby's, each of them is a piece all the same. */
  #take(data: Buffer, from: number, to: number, stream: LogStream, pieces: LogPiece[]) {
    const isStdout = stream === "stdout";
    let at = from;
    do {
      const entry = readEntryTime(data, at, to);
      if (!entry && at === from) this.untimed += 1;
      const time = entry?.time ?? (isStdout ? this.#lastOfStdout : this.#lastOfStderr);
      const newline = data.indexOf(NEWLINE, entry?.textAt ?? at);
      const isEnded = newline !== -1 && newline < to;
      const end = isEnded ? newline : to;
      if (time !== undefined) {
        if (isStdout) this.#lastOfStdout = time;
        else this.#lastOfStderr = time;
        pieces.push({ stream, time, bytes: data.subarray(entry?.textAt ?? at, end), isEnded });
      }
      at = isEnded ? end + 1 : end;
    } while (at < to);
  }
}
