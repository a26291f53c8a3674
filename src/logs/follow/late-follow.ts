import type { LogBody } from "../../engine/engine.ts";
import type { LineOptions } from "../lines.ts";
import type { LogLine, LogPiece, LogPosition } from "../log-line.ts";
import type { PieceDecoder } from "../pieces/piece-decoder.ts";
import { createNewLines } from "../resume/new-lines.ts";

/** A follow that begins after the position, and stays open until another is: then that has what this one tells. */
export interface LateFollow {
  /** To its end, for when the engine removed the container and has nothing else: all that is newer than the position. */
  giveAll(): Promise<GivenLate>;
  close(): void;
}

export interface GivenLate {
  /** Of the first line that was given. */
  readonly firstTime: string | undefined;
  readonly position: LogPosition | undefined;
}

export interface LateFollowParts extends LineOptions {
  readonly body: LogBody;
  readonly chunks: AsyncIterator<Buffer>;
  readonly decoder: PieceDecoder;
  /** What was read of it and not told: views that are copied here. */
  readonly pieces: readonly LogPiece[];
  readonly rest: Buffer;
  readonly position: LogPosition | undefined;
  readonly onLines: (lines: readonly LogLine[]) => Promise<void>;
}

export function keepOpen(parts: LateFollowParts): LateFollow {
  const { body, chunks, decoder, onLines } = parts;
  const lines = createNewLines({ ...parts, isWhole: true, isAnchorGone: true });
  const begun = lines.push(parts.pieces).map((line) => ({ ...line, bytes: Buffer.from(line.bytes) }));
  const rest = Buffer.from(parts.rest);
  body.release?.();
  let firstTime: string | undefined;

  async function give(fresh: readonly LogLine[]) {
    firstTime ??= fresh[0]?.time;
    if (fresh.length > 0) await onLines(fresh);
  }

  return {
    async giveAll() {
      await give(begun);
      for (let chunk: Buffer | undefined = rest; chunk !== undefined; chunk = await nextOf(chunks))
        await give(lines.push(decoder.push(chunk)));
      await give(lines.push(decoder.flush()));
      await give(lines.flush());
      body.destroy();
      return { firstTime, position: lines.position };
    },
    close: () => body.destroy(),
  };
}

/** What was broken off won't be told by anything else. */
async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const next = await chunks.next().catch(() => undefined);
  return next?.done ? undefined : next?.value;
}
