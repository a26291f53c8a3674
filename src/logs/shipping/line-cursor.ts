import type { LogLine } from "../log-line.ts";
import type { FilesOf } from "./open-kept-file.ts";
import { type PlacedLines, type ReadHooks, readFrom } from "./read-from.ts";
import type { ReaderTurns } from "./reader-turns.ts";
import type { ShipPosition } from "./ship-position.ts";

export interface LineCursor {
  /**
   * Gives the lines after `from` until that is "enough" or there are no more; going on from where it stands costs nothing
   * in a compressed file either.
   */
  read(from: ShipPosition | undefined, onLine: OnLine): Promise<CursorRest>;
  /** Gives up what it keeps open. */
  close(): Promise<void>;
}

/** Where in its file the line begins and ends. */
export type OnLine = (line: LogLine, file: PlacedLines, begin: number, end: number) => "more" | "enough";

/** What is left: nothing, something, or something that waits for its turn (see `ReaderTurns`). */
export type CursorRest = "none" | "more" | "waits";

interface Standing {
  readonly at: ShipPosition;
  readonly reader: AsyncGenerator<PlacedLines>;
  readonly placed: PlacedLines;
  readonly next: number;
}

export function createLineCursor(
  container: FilesOf,
  { key, turns, ...hooks }: ReadHooks & { readonly key: string; readonly turns: ReaderTurns },
): LineCursor {
  let standing: Standing | undefined;

  async function close() {
    const { reader } = standing ?? {};
    standing = undefined;
    turns.done(key);
    await reader?.return(undefined);
  }

  async function read(from: ShipPosition | undefined, onLine: OnLine): Promise<CursorRest> {
    if (standing && !isSame(standing.at, from)) await close();
    const keptSequence = standing?.placed.sequence;
    const reader = standing?.reader ?? readFrom(container, from, hooks);
    let placed = standing?.placed;
    let next = standing?.next ?? 0;
    standing = undefined;
    let isKept = false;
    try {
      for (;;) {
        for (; placed !== undefined && next < placed.lines.length; next++) {
          const { sequence, identity, isCompressed, begin, ends } = placed;
          const end = ends[next] as number;
          const start = next === 0 ? begin : (ends[next - 1] as number);
          if (onLine(placed.lines[next] as LogLine, placed, start, end) === "more") continue;
          if (!isCompressed) return "more";
          // Each file is another turn.
          if (keptSequence !== undefined && keptSequence !== sequence) turns.done(key);
          isKept = turns.mayKeep(key);
          if (!isKept) return "waits";
          standing = { at: { sequence, offset: end, identity }, reader, placed, next: next + 1 };
          return "more";
        }
        const more = await reader.next();
        if (more.done) return "none";
        placed = more.value;
        next = 0;
      }
    } finally {
      if (!isKept) {
        if (!turns.isWaiting(key)) turns.done(key);
        await reader.return(undefined);
      }
    }
  }

  return { read, close };
}

function isSame(one: ShipPosition, other: ShipPosition | undefined): boolean {
  return other !== undefined && one.sequence === other.sequence && one.offset === other.offset;
}
