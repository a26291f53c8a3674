import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { formatOfFirst, readKeptLine } from "../kept/kept-line.ts";
import { createLineSplitter } from "../kept/split-lines.ts";
import type { LogLine } from "../log-line.ts";
import { type FilesOf, type OnUnreadable, type OpenedFile, openAt } from "./open-kept-file.ts";
import type { ShipPosition } from "./ship-position.ts";

/** Lines of one file in their order; the i-th ends, with its newline, at `ends[i]`. */
export interface PlacedLines {
  readonly sequence: number;
  readonly identity: string | undefined;
  /** What comes after them can be had only by unpacking the file from its beginning. */
  readonly isCompressed: boolean;
  /** Where the first begins. */
  readonly begin: number;
  readonly lines: readonly LogLine[];
  readonly ends: readonly number[];
}

export interface ReadHooks {
  readonly onUnreadable: OnUnreadable;
  readonly onUnpacked?: ((bytes: number) => void) | undefined;
}

/** The whole lines after a position, the oldest first, to the end of what there is, while others write and rotate. */
export async function* readFrom(
  container: FilesOf,
  from: ShipPosition | undefined,
  hooks: ReadHooks,
): AsyncGenerator<PlacedLines> {
  let at = from;
  for (;;) {
    const opened = await openAt(container, at, hooks.onUnreadable);
    if (opened === undefined) return;
    const { file, handle } = opened;
    try {
      yield* linesOf(opened, hooks);
    } catch (error) {
      hooks.onUnreadable(file.path, error);
    } finally {
      await handle.close();
    }
    // What is still written to is read another time, from here.
    if (file.isCurrent) return;
    at = { sequence: file.sequence + 1, offset: 0 };
  }
}

const CHUNK_BYTES = 128 * 1024;

async function* linesOf({ file, handle, offset, identity }: OpenedFile, hooks: ReadHooks): AsyncGenerator<PlacedLines> {
  const { sequence, isCompressed } = file;
  const splitter = createLineSplitter();
  let end = offset;
  let format: ReturnType<typeof formatOfFirst> | undefined;
  for await (const chunk of isCompressed ? unpacked(handle, offset, hooks) : plain(handle, offset)) {
    const begin = end;
    const lines: LogLine[] = [];
    const ends: number[] = [];
    for (const line of splitter.push(chunk)) {
      format ??= formatOfFirst(line);
      end += line.length + 1;
      lines.push(readKeptLine(line, format));
      ends.push(end);
    }
    if (lines.length > 0) yield { sequence, identity, isCompressed, begin, lines, ends };
  }
}

async function* plain(handle: FileHandle, start: number): AsyncGenerator<Buffer> {
  for (let offset = start; ; ) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function* unpacked(handle: FileHandle, start: number, { onUnpacked }: ReadHooks): AsyncGenerator<Buffer> {
  const source = handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES });
  const output = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on("error", (error) => output.destroy(error));
  let left = start;
  try {
    for await (const chunk of source.pipe(output) as AsyncIterable<Buffer>) {
      onUnpacked?.(chunk.length);
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  } finally {
    source.destroy();
    output.destroy();
    // Else the file stays open for a moment after its handle says that it is closed (Node 24.21, seen in 5 of 300).
    if (!source.closed) await once(source, "close");
  }
}
