import type { LogPiece } from "../log-line.ts";
import { isNanosecondTime, MAX_TIME_BYTES, readEntryTime, TIME_BYTES } from "./entry-time.ts";
import type { PieceDecoder } from "./piece-decoder.ts";

/** Where the engine cuts (moby 20.10 … 29, daemon/logger/copier.go). */
const CUT_BYTES = 16_384;
/** What json-file makes of a piece at most: three bytes of each invalid one. */
const MAX_PIECE_BYTES = 3 * CUT_BYTES;
const NEWLINE = 10;
const TIME_END = Buffer.from("Z ");

/**
 * A terminal's log: entries one after the other, "TIME TEXT\r\n", without frames. Nothing but the next time ends an entry
 * that was sent without a newline: a piece of a long line, which the same time follows, and what a program wrote last
 * before it exited, which the later time of its next run follows. A time that a program prints itself is older than that
 * of its line.
 */
export function createTerminalDecoder(): PieceDecoder {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let untimed = 0;
  let lastTime: string | undefined;
  /** Inside of a line whose last piece had to be cut here. */
  let isInside = false;

  /** The pieces of one line, or, where its end is not there yet, those of them that are sure. Returns where they end. */
  function take(data: Buffer, from: number, to: number, ending: Ending, pieces: LogPiece[]): number {
    let at = from;
    for (;;) {
      if (ending === "unknown" && to - at < MAX_PIECE_BYTES + 2 * MAX_TIME_BYTES) return at;
      const entry = isInside ? undefined : readEntryTime(data, at, to);
      if (!entry && !isInside) untimed += 1;
      const textAt = entry?.textAt ?? at;
      const time = entry?.time ?? lastTime ?? "";
      const next = nextEntry(data, { from: textAt, to, time });
      const cut = next ?? (to - textAt > MAX_PIECE_BYTES ? textAt + MAX_PIECE_BYTES : undefined);
      const isEnded = cut === undefined && ending === "newline";
      if (time !== "") pieces.push({ stream: "stdout", time, bytes: data.subarray(textAt, cut ?? to), isEnded });
      lastTime = time || undefined;
      isInside = cut !== undefined && next === undefined;
      if (cut === undefined) return to;
      at = cut;
    }
  }

  function drain(ending: "unknown" | "told"): LogPiece[] {
    const pieces: LogPiece[] = [];
    const data = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held, heldBytes);
    let at = 0;
    for (let newline = data.indexOf(NEWLINE); newline !== -1; newline = data.indexOf(NEWLINE, at)) {
      take(data, at, newline, "newline", pieces);
      at = newline + 1;
    }
    if (at < data.length) at = take(data, at, data.length, ending, pieces);
    // A copy, so that a few bytes keep no large chunk alive.
    held = at < data.length ? [Buffer.from(data.subarray(at))] : [];
    heldBytes = data.length - at;
    return pieces;
  }

  return {
    push(chunk) {
      held.push(chunk);
      heldBytes += chunk.length;
      const mayComplete = chunk.includes(NEWLINE) || heldBytes >= MAX_PIECE_BYTES + 2 * MAX_TIME_BYTES;
      return mayComplete ? drain("unknown") : [];
    },
    flush: () => (heldBytes > 0 ? drain("told") : []),
    failure: undefined,
    get untimed() {
      return untimed;
    },
  };
}

type Ending = "newline" | "unknown" | "told";

/** Where the next entry begins within the line, no further than a piece is long. */
function nextEntry(data: Buffer, { from, to, time }: { from: number; to: number; time: string }): number | undefined {
  const last = Math.min(to, from + MAX_PIECE_BYTES + TIME_BYTES + 1);
  for (let at = data.indexOf(TIME_END, from + TIME_BYTES - 1); at !== -1 && at + 1 < last; ) {
    const start = at - TIME_BYTES + 1;
    if (isNanosecondTime(data, start, last)) {
      const other = data.toString("latin1", start, start + TIME_BYTES);
      if (other > time || (other === time && start - from >= CUT_BYTES)) return start;
    }
    at = data.indexOf(TIME_END, at + 1);
  }
  return undefined;
}
