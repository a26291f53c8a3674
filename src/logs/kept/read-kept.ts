import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { LogLine } from "../log-line.ts";
import type { KeptFile } from "./kept-containers.ts";
import { formatOfFirst, type KeptFormat, readKeptLine } from "./kept-line.ts";
import { createLineSplitter } from "./split-lines.ts";

export interface ReadKeptOptions {
  /** Of the file that is written to, where it is known; the others show by their first line what they are. */
  readonly format?: KeptFormat | undefined;
  /** The container's files as they are now; asked again and again, since an agent may be at work on them. */
  readonly list: () => Promise<readonly KeptFile[]>;
  /** Asked at the end of what there is: resolves when it is worth to look again, or with false when that is all. */
  readonly more: () => Promise<boolean>;
  /** A file that can't be read costs its own lines only. */
  readonly onUnreadable: (path: string, error: unknown) => void;
}

/**
 * The lines of a container's files, the oldest first, while an agent may write, rotate, compress and remove them: a file that
 * was opened is read to its end whatever becomes of its name, and what comes next is found by its number.
 */
export async function* readKept(options: ReadKeptOptions): AsyncGenerator<readonly LogLine[]> {
  let done = -1;
  for (;;) {
    const next = await openAfter(done, options);
    if (next === undefined) {
      if (await options.more()) continue;
      return;
    }
    const { file, handle } = next;
    try {
      if (file.isCompressed) yield* compressedLines(handle);
      else if (!(yield* plainLines(handle, file, options))) return;
    } catch (error) {
      options.onUnreadable(file.path, error);
    } finally {
      await handle.close();
    }
    done = file.sequence;
  }
}

const CHUNK_BYTES = 256 * 1024;

/** The first file after that number. Between being listed and opened it may have been rotated, compressed or removed. */
async function openAfter(done: number, { list, onUnreadable }: ReadKeptOptions) {
  let after = done;
  for (;;) {
    const file = (await list()).find(({ sequence }) => sequence > after);
    if (file === undefined) return undefined;
    let handle: FileHandle;
    try {
      handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      const isStill = (await list()).some(({ path }) => path === file.path);
      if (isStill) {
        onUnreadable(file.path, error);
        after = file.sequence;
      }
      continue;
    }
    if (!file.isCurrent || (await isCurrent(file, list))) return { file, handle };
    await handle.close();
  }
}

async function isCurrent({ sequence }: KeptFile, list: ReadKeptOptions["list"]): Promise<boolean> {
  return (await list()).some((file) => file.isCurrent && file.sequence === sequence);
}

async function* compressedLines(handle: FileHandle): AsyncGenerator<readonly LogLine[]> {
  const source = handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES });
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on("error", (error) => unpacked.destroy(error));
  const splitter = createLineSplitter();
  const read = createReader();
  for await (const chunk of source.pipe(unpacked)) yield read(splitter.push(chunk as Buffer));
}

/** Goes on until the file is written no more; false: the reader has had enough before. */
async function* plainLines(
  handle: FileHandle,
  file: KeptFile,
  { format, list, more }: ReadKeptOptions,
): AsyncGenerator<readonly LogLine[], boolean> {
  const read = createReader(file.isCurrent ? format : undefined);
  let offset = 0;
  for (;;) {
    // Asked before the last look: what was written before it was rotated is there then.
    const isWritten = file.isCurrent && (await isCurrent(file, list));
    for await (const lines of wholeLines(handle, offset)) {
      offset += bytesOf(lines);
      yield read(lines);
    }
    if (!isWritten) return true;
    if (!(await more())) return false;
    // A new agent cut off a torn last line, or somebody emptied the file.
    offset = Math.min(offset, (await handle.stat()).size);
  }
}

/** A line that is not whole yet is left for the next time. */
async function* wholeLines(handle: FileHandle, start: number): AsyncGenerator<Buffer[]> {
  const splitter = createLineSplitter();
  for (let offset = start; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    const lines = splitter.push(chunk.subarray(0, bytesRead));
    if (lines.length > 0) yield lines;
  }
}

function bytesOf(lines: readonly Buffer[]): number {
  let bytes = 0;
  for (const line of lines) bytes += line.length + 1;
  return bytes;
}

function createReader(known?: KeptFormat): (lines: readonly Buffer[]) => LogLine[] {
  let format = known;
  return (lines) => {
    const [first] = lines;
    if (first === undefined) return [];
    const found = format ?? formatOfFirst(first);
    format = found;
    return lines.map((line) => readKeptLine(line, found));
  };
}
