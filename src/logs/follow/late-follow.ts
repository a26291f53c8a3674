import type { LogBody } from "../../engine/engine.ts";
import { createLineAssembler, type LineOptions } from "../lines.ts";
import type { LogLine, LogPiece, LogPosition } from "../log-line.ts";
import type { PieceDecoder } from "../pieces/piece-decoder.ts";
import { createRestOfLog } from "../resume/rest-of-log.ts";
import type { ResumeOptions } from "../resume/resume.ts";

/** A follow that seems to begin after the position, and stays open until another is: then that has what this one tells. */
export interface LateFollow {
  /**
   * To its end, for when the engine removed the container and has nothing else: all that is new. Where the line at the
   * position is not in it, the time of the first is told before that is given.
   */
  giveAll(onGap: (before: string) => void): Promise<GivenLate>;
  close(): void;
}

export interface GivenLate {
  /** Whether it had something to tell: what lacks before that was told, and after it nothing does. */
  readonly isLast: boolean;
  readonly position: LogPosition | undefined;
}

export interface LateFollowParts extends LineOptions {
  readonly body: LogBody;
  readonly chunks: AsyncIterator<Buffer>;
  readonly decoder: PieceDecoder;
  /** What was read of it and not told: views that are copied here. */
  readonly pieces: readonly LogPiece[];
  readonly position: LogPosition | undefined;
  readonly isNewestSure?: ResumeOptions["isNewestSure"];
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
}

/** The position is looked for in so much of it. */
const MOST_SEARCHED_BYTES = 16 * 1024 * 1024;

export function keepOpen(parts: LateFollowParts): LateFollow {
  const { body, chunks, decoder, onLines, isNewestSure = true } = parts;
  const assembler = createLineAssembler(parts);
  const rest = createRestOfLog(parts.position);
  const begun = assembler.push(parts.pieces).map(copyOf);
  body.release?.();
  let isBegun = false;

  return {
    async giveAll(onGap) {
      async function give(lines: readonly LogLine[]) {
        const [first] = lines;
        if (first === undefined) return;
        if (!isBegun && !rest.goesOn) onGap(first.time);
        isBegun = true;
        await onLines(lines);
      }

      let searched: LogLine[] | undefined = begun;
      let searchedBytes = 0;
      let next = await nextOf(chunks);
      for (; "chunk" in next; next = await nextOf(chunks)) {
        const lines = assembler.push(decoder.push(next.chunk));
        searchedBytes += next.chunk.length;
        searched?.push(...lines.map(copyOf));
        if (searched && searchedBytes < MOST_SEARCHED_BYTES) continue;
        await give(rest.pass(searched ?? lines));
        searched = undefined;
      }
      body.destroy();
      const last = rest.pass([...(searched ?? []), ...assembler.push(decoder.flush()), ...assembler.flush()]);
      // Of a clock that was set back, what it told before it broke off may be held, and the position have come next.
      const isDoubtful = searched !== undefined && next.isBroken && !rest.hasPosition && !isNewestSure;
      if (isDoubtful) return { isLast: false, position: parts.position };
      await give(last);
      return { isLast: isBegun || rest.goesOn, position: rest.position };
    },
    close: () => body.destroy(),
  };
}

/** It is held for longer than what it is a view of. */
function copyOf(line: LogLine): LogLine {
  return { ...line, bytes: Buffer.from(line.bytes) };
}

type Next = { readonly chunk: Buffer } | { readonly isBroken: boolean };

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Next> {
  try {
    const { value, done } = await chunks.next();
    return done ? { isBroken: false } : { chunk: value };
  } catch {
    // It won't be told by anything else.
    return { isBroken: true };
  }
}
