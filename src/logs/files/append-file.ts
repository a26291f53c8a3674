import { constants } from "node:fs";
import { cutFile, FILE_FLAGS } from "./cut-file.ts";
import { codeOf, type Disk, identityAt, identityOf, isThere } from "./disk.ts";
import { lastLineEnd, type ReadPart } from "./scan-back.ts";

/** The file that a container's lines go to, and that nobody but us should touch; whether somebody did is asked for. */
export interface AppendFile {
  /** The same as that of another: it is the same file, whatever its path. */
  readonly identity: string;
  /** As we know it: what is beyond is torn. */
  readonly size: number;
  readonly read: ReadPart;
  /** Writes all, or throws an `AppendError` that says how much of it arrived. */
  append(bytes: Uint8Array): Promise<void>;
  cutTo(size: number): Promise<void>;
  /** Cuts off what is after the last newline; says how many bytes that were. */
  cutTorn(): Promise<number>;
  /** "kept": it stands at its path, as long as we know it. */
  state(): Promise<"kept" | "moved" | "removed" | "resized">;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export class AppendError extends Error {
  readonly code: string;
  readonly arrivedBytes: number;

  constructor(cause: unknown, arrivedBytes: number) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.code = codeOf(cause);
    this.arrivedBytes = arrivedBytes;
  }
}

/** What stands at a path is no file that we could write to: a link, a pipe, a folder. */
export class NoFileError extends Error {
  readonly code = "EEXIST";
}

export async function openAppendFile(disk: Disk, path: string, mode: number): Promise<AppendFile> {
  const { handle, identity, size: sizeAtFirst } = await openOrMake(disk, path, mode);
  let size = sizeAtFirst;

  async function read(offset: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await handle.read(buffer, at, bytes - at, offset + at);
      if (bytesRead === 0) throw Object.assign(new Error(`${path} ended while it was read`), { code: "EIO" });
      at += bytesRead;
    }
    return buffer;
  }

  async function cutTo(newSize: number) {
    await cutFile({ disk, path, handle }, newSize);
    size = newSize;
  }

  return {
    identity,
    get size() {
      return size;
    },
    read,
    async append(bytes) {
      let arrivedBytes = 0;
      try {
        while (arrivedBytes < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, arrivedBytes, bytes.length - arrivedBytes);
          arrivedBytes += bytesWritten;
        }
      } catch (error) {
        throw new AppendError(error, arrivedBytes);
      } finally {
        size += arrivedBytes;
      }
    },
    cutTo,
    async cutTorn() {
      const end = await lastLineEnd(read, size);
      const torn = size - end;
      if (torn > 0) await cutTo(end);
      return torn;
    },
    async state() {
      const own = await handle.stat();
      if (own.nlink === 0) return "removed";
      if ((await identityAt(disk, path)) !== identity) return "moved";
      return own.size === size ? "kept" : "resized";
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function openOrMake(disk: Disk, path: string, mode: number) {
  const { O_APPEND, O_CREAT, O_EXCL } = constants;
  const isNew = !(await isThere(disk, path));
  const handle = await disk.open(path, FILE_FLAGS | O_APPEND | (isNew ? O_CREAT | O_EXCL : 0), mode);
  try {
    // A umask took from the mode.
    if (isNew) await handle.chmod(mode);
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw new NoFileError(`${path} is no regular file`);
    return { handle, identity: identityOf(stats), size: Number(stats.size) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
