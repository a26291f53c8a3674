import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { codeOf, REAL_DISK } from "../files/disk.ts";
import { readFolder } from "../files/read-log-folder.ts";
import { type KeptContainer, type KeptFile, keptFiles } from "../kept/kept-containers.ts";
import { formatOfFirst, readKeptLine } from "../kept/kept-line.ts";
import { createLineSplitter } from "../kept/split-lines.ts";
import type { LogLine } from "../log-line.ts";
import type { ShipPosition } from "./ship-position.ts";

/** Lines of one file in their order; the i-th ends, with its newline, at `ends[i]`. */
export interface PlacedLines {
  readonly sequence: number;
  readonly identity: string | undefined;
  /** Where the first begins. */
  readonly begin: number;
  readonly lines: readonly LogLine[];
  readonly ends: readonly number[];
}

export type OnUnreadable = (path: string, error: unknown) => void;

/** The whole lines after a position, the oldest first, to the end of what there is, while others write and rotate. */
export async function* readFrom(
  container: Pick<KeptContainer, "folder" | "stem">,
  from: ShipPosition | undefined,
  onUnreadable: OnUnreadable,
): AsyncGenerator<PlacedLines> {
  let at = from;
  for (;;) {
    const opened = await openAt(container, at, onUnreadable);
    if (opened === undefined) return;
    const { file, handle, offset, identity } = opened;
    const { sequence } = file;
    try {
      for await (const lines of linesOf(handle, file, offset)) yield { sequence, identity, ...lines };
    } catch (error) {
      onUnreadable(file.path, error);
      // What is still written to is read another time, from here.
      if (file.isCurrent) return;
    } finally {
      await handle.close();
    }
    if (file.isCurrent) return;
    at = { sequence: sequence + 1, offset: 0 };
  }
}

const CHUNK_BYTES = 128 * 1024;
/** Between being listed and opened a file may be rotated, compressed or removed: each time it is looked again. */
const MAX_LOOKS = 20;

interface Opened {
  readonly file: KeptFile;
  readonly handle: FileHandle;
  readonly offset: number;
  readonly identity: string | undefined;
}

async function openAt(
  container: Pick<KeptContainer, "folder" | "stem">,
  at: ShipPosition | undefined,
  onUnreadable: OnUnreadable,
): Promise<Opened | undefined> {
  let wanted = at;
  for (let look = 0; look < MAX_LOOKS; look++) {
    const file = await fileAt(container, wanted);
    if (file === undefined) return undefined;
    let handle: FileHandle;
    try {
      handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === "ENOENT") continue;
      onUnreadable(file.path, error);
      if (file.isCurrent) return undefined;
      wanted = { sequence: file.sequence + 1, offset: 0 };
      continue;
    }
    if (!file.isCurrent || (await isStillCurrent(container, file))) {
      return { file, handle, ...(await placeIn(handle, file, { container, at: wanted })) };
    }
    await handle.close();
  }
  return undefined;
}

/** The file of the position, or the next that there is. */
async function fileAt(
  container: Pick<KeptContainer, "folder" | "stem">,
  at: ShipPosition | undefined,
): Promise<KeptFile | undefined> {
  const find = async () => (await keptFiles(asKept(container))).find(({ sequence }) => sequence >= (at?.sequence ?? 0));
  const file = await find();
  // A rotation in the middle of a listing hides a file for that once.
  return file === undefined || file.sequence === at?.sequence ? file : find();
}

async function isStillCurrent(container: Pick<KeptContainer, "folder" | "stem">, { sequence }: KeptFile) {
  return (await keptFiles(asKept(container))).some((file) => file.isCurrent && file.sequence === sequence);
}

/** `keptFiles` asks for no more of it. */
function asKept({ folder, stem }: Pick<KeptContainer, "folder" | "stem">): KeptContainer {
  return { folder, stem, name: "", id: "", files: [], checkpoint: undefined, firstName: "", links: [] };
}

async function placeIn(
  handle: FileHandle,
  file: KeptFile,
  { container, at }: { container: Pick<KeptContainer, "folder" | "stem">; at: ShipPosition | undefined },
): Promise<Pick<Opened, "offset" | "identity">> {
  const offset = file.sequence === at?.sequence ? at.offset : 0;
  if (file.isCompressed) return { offset, identity: undefined };
  const { dev, ino, size } = await handle.stat();
  const identity = `${dev}:${ino}`;
  if (offset > 0 && at?.identity !== undefined && at.identity !== identity) return { offset: 0, identity };
  return { offset: offset <= size ? offset : await cutOffset(container, file, size), identity };
}

/** A file that became shorter: `raw` is cut back to its checkpoint after a kill, and written again from there. */
async function cutOffset({ folder, stem }: Pick<KeptContainer, "folder" | "stem">, file: KeptFile, size: number) {
  const logs = (await readFolder(REAL_DISK, folder)).find((one) => one.stem === stem);
  const checkpoint = logs?.checkpoint;
  return checkpoint?.sequence === file.sequence && checkpoint.size <= size ? checkpoint.size : 0;
}

async function* linesOf(handle: FileHandle, file: KeptFile, start: number) {
  const splitter = createLineSplitter();
  let end = start;
  let format: ReturnType<typeof formatOfFirst> | undefined;
  for await (const chunk of file.isCompressed ? unpacked(handle, start) : plain(handle, start)) {
    const begin = end;
    const lines: LogLine[] = [];
    const ends: number[] = [];
    for (const line of splitter.push(chunk)) {
      format ??= formatOfFirst(line);
      end += line.length + 1;
      lines.push(readKeptLine(line, format));
      ends.push(end);
    }
    if (lines.length > 0) yield { begin, lines, ends };
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

async function* unpacked(handle: FileHandle, start: number): AsyncGenerator<Buffer> {
  const source = handle.createReadStream({ autoClose: false, highWaterMark: CHUNK_BYTES });
  const output = createGunzip({ chunkSize: CHUNK_BYTES });
  source.on("error", (error) => output.destroy(error));
  let left = start;
  try {
    for await (const chunk of source.pipe(output) as AsyncIterable<Buffer>) {
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      if (skipped < chunk.length) yield chunk.subarray(skipped);
    }
  } finally {
    source.destroy();
    output.destroy();
  }
}
