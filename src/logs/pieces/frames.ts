import type { LogPiece, LogStream } from "../log-line.ts";
import { readEntryTime } from "./entry-time.ts";
import type { PieceDecoder } from "./piece-decoder.ts";

/** moby sends 16 KiB and a time at most, other drivers and Podman a whole line: beyond this it is no frame. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const HEAD_BYTES = 8;
const NEWLINE = 10;

/** Frames of both streams: type, three zeros, length, and an entry (moby, pkg/stdcopy). */
export function createFrameDecoder(): PieceDecoder {
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** How many bytes the next step wants: fewer are kept as they come, so that small chunks cost no copying of large ones. */
  let wantedBytes = HEAD_BYTES;
  let failure: string | undefined;
  let untimed = 0;
  const lastTime: { [Stream in LogStream]?: string } = {};

  function joined(chunk: Buffer): Buffer | undefined {
    if (heldBytes === 0) return chunk;
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < wantedBytes) return undefined;
    const data = Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return data;
  }

  /** A copy, so that a few bytes keep no large chunk alive. */
  function hold(rest: Buffer) {
    if (rest.length === 0) return;
    held = [Buffer.from(rest)];
    heldBytes = rest.length;
  }

  /** One entry; more than one line in it is not moby's, each of them is a piece all the same. */
  function take(data: Buffer, from: number, to: number, stream: LogStream, pieces: LogPiece[]) {
    let at = from;
    do {
      const entry = readEntryTime(data, at, to);
      if (!entry && at === from) untimed += 1;
      const time = entry?.time ?? lastTime[stream];
      const newline = data.indexOf(NEWLINE, entry?.textAt ?? at);
      const isEnded = newline !== -1 && newline < to;
      const end = isEnded ? newline : to;
      if (time !== undefined) {
        lastTime[stream] = time;
        pieces.push({ stream, time, bytes: data.subarray(entry?.textAt ?? at, end), isEnded });
      }
      at = isEnded ? end + 1 : end;
    } while (at < to);
  }

  return {
    push(chunk) {
      const pieces: LogPiece[] = [];
      if (failure !== undefined) return pieces;
      const data = joined(chunk);
      if (data === undefined) return pieces;
      let at = 0;
      wantedBytes = HEAD_BYTES;
      while (data.length - at >= HEAD_BYTES) {
        const type = data[at] as number;
        const bytes = data.readUInt32BE(at + 4);
        if (type > 3 || data[at + 1] || data[at + 2] || data[at + 3] || bytes > MAX_FRAME_BYTES) {
          failure = `no frame of a log begins with ${data.toString("hex", at, at + HEAD_BYTES)}`;
          return pieces;
        }
        const end = at + HEAD_BYTES + bytes;
        if (end > data.length) {
          wantedBytes = HEAD_BYTES + bytes;
          break;
        }
        if (type === 3) {
          failure = `the engine broke the log off: ${data.toString("utf8", at + HEAD_BYTES, Math.min(end, at + 500)).trim()}`;
          return pieces;
        }
        if (bytes > 0) take(data, at + HEAD_BYTES, end, type === 2 ? "stderr" : "stdout", pieces);
        at = end;
      }
      hold(data.subarray(at));
      return pieces;
    },
    // Half a frame is no entry.
    flush: () => [],
    get failure() {
      return failure;
    },
    get untimed() {
      return untimed;
    },
  };
}
