import { logFolderReturned } from "../../telemetry/events/logs.ts";
import type { Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { NoFileError } from "./append-file.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { createCompressor } from "./compressor.ts";
import { type ContainerFiles, openContainerFiles } from "./container-files.ts";
import { makeFolder, removeContainerFolder } from "./container-folder.ts";
import { type Disk, REAL_DISK, removeFile } from "./disk.ts";
import { createDiskTrouble, type RetryOptions } from "./disk-trouble.ts";
import { containerNames, safeName, shortId } from "./file-names.ts";
import { lockFolder } from "./folder-lock.ts";
import type { FolderParts } from "./folder-parts.ts";
import { createGate } from "./gate.ts";
import type { LogFormat } from "./line-formats.ts";
import { readLogFolder, type StoredLogs } from "./read-log-folder.ts";
import { newShelf, type OnRemove, removeShelf, type Shelf, shelfBytes, shelfOf } from "./shelf.ts";
import { createTotalSize } from "./total-size.ts";

export interface LogFolderOptions {
  readonly dir: string;
  readonly format: LogFormat;
  /** No file is larger, unless by a single line that is longer alone. */
  readonly maxFileBytes: number;
  /** Of a container, the current one included. */
  readonly maxFiles: number;
  readonly compress: boolean;
  readonly maxTotalBytes?: number | undefined;
  /** Absent: for good. */
  readonly keepRemovedMs?: number | undefined;
  readonly fileMode: number;
  readonly folderMode: number;
  readonly telemetry: Telemetry;
  /** Awaited before a log file goes. */
  readonly onRemove?: OnRemove | undefined;
  readonly retry?: RetryOptions;
  /** A test's own. */
  readonly holdEveryMs?: number;
  readonly disk?: Disk;
  readonly now?: () => number;
}

/** All log files, held by one agent at a time. */
export interface LogFolder {
  /** Whether its disk takes what is written. */
  readonly standing: Standing;
  /**
   * Opens the container's files and reads back how far they go. Tries until the disk lets it; rejects with
   * `LogFilesClosedError` when the folder is closed before.
   */
  files(container: { readonly id: string; readonly name: string }): Promise<ContainerFiles>;
  list(): Promise<StoredLogs[]>;
  /** Which containers the engine has, open or not: the files of all others are those of removed ones from now on. */
  engineHas(ids: ReadonlySet<string>): Promise<void>;
  /** Removes the files of containers that were removed long enough ago; it happens by itself too, once an hour. */
  removeExpired(): Promise<void>;
  /** Resolves when all rotated files are compressed. */
  compressed(): Promise<void>;
  /** Closes the files that are open, then gives the folder free. */
  close(): Promise<void>;
}

const RETRY: RetryOptions = { firstMs: 200, maxMs: 10_000 };
/** libuv has four threads for files, and for looking up names: a disk that hangs must leave some to the others. */
const WRITES_AT_ONCE = 2;
const EXPIRY_EVERY_MS = 3_600_000;
/** While nothing is written, it is looked so often whether the folder is still ours. */
const HOLD_EVERY_MS = 5_000;

/** Rejects with `FolderLockedError` when another agent has it, and with the disk's error when it can't be used. */
export async function openLogFolder(options: LogFolderOptions): Promise<LogFolder> {
  const { dir, fileMode, folderMode, telemetry, keepRemovedMs, disk = REAL_DISK, now = Date.now } = options;
  await makeFolder(disk, dir, folderMode);
  const onReturn = () => logFolderReturned(telemetry, dir);
  const lock = await lockFolder({ disk, dir, fileMode, folderMode, onReturn });
  const closing = new AbortController();
  const shelves = new Map<string, Shelf>();
  const usage = { bytes: 0 };
  const compressor = createCompressor({ usage, fileMode, telemetry });
  const parts: FolderParts = {
    ...options,
    disk,
    now,
    signal: closing.signal,
    usage,
    compressor,
    total: createTotalSize({
      limitBytes: options.maxTotalBytes,
      shelves,
      usage,
      disk,
      telemetry,
      onRemove: options.onRemove,
    }),
    gate: createGate(WRITES_AT_ONCE),
    lock,
    buffers: [],
    trouble: createDiskTrouble(telemetry, options.retry ?? RETRY),
  };
  const open = new Set<ContainerFiles>();

  async function takeStock() {
    for (const stored of await readLogFolder(dir, disk)) {
      for (const path of stored.leftovers) await removeFile(disk, path);
      const shelf = shelfOf(stored);
      const other = shelves.get(stored.shortId);
      if (other && other.checkpoint !== undefined) continue;
      shelves.set(stored.shortId, shelf);
      usage.bytes += shelfBytes(shelf);
    }
  }

  function shelfFor(id: string, name: string): Shelf {
    const key = shortId(id);
    const shelf = shelves.get(key) ?? newShelf(id, name, containerNames(dir, name, id));
    const knownId = shelf.checkpoint?.id ?? shelf.id;
    if (!id.startsWith(knownId)) {
      throw new NoFileError(`${shelf.names.folder} has files of ${knownId}, whose id begins like that of ${id}`);
    }
    if (shelf.isOpen) throw new Error(`The files of container ${id} are open already`);
    // Of files that a kill left without a checkpoint only the first digits were known.
    shelf.id = id;
    shelves.set(key, shelf);
    return shelf;
  }

  async function removeExpired() {
    if (keepRemovedMs === undefined) return;
    for (const [key, shelf] of shelves) {
      const removedAtMs = shelf.checkpoint?.removedAtMs;
      if (shelf.isOpen || removedAtMs === undefined || now() - removedAtMs < keepRemovedMs) continue;
      // Nobody opens what is on its way out.
      shelf.isOpen = true;
      try {
        await removeShelf(shelf, { disk, telemetry, usage, onRemove: options.onRemove, reason: "container" });
        await removeContainerFolder(disk, shelf.names);
        shelves.delete(key);
      } finally {
        shelf.isOpen = false;
      }
    }
  }

  async function markRemoved(shelf: Shelf) {
    const { checkpoint } = shelf;
    if (shelf.isOpen || !checkpoint || checkpoint.removedAtMs !== undefined) return;
    const marked = { ...checkpoint, removedAtMs: now() };
    await writeCheckpoint(disk, shelf.names.checkpoint, marked, fileMode);
    shelf.checkpoint = marked;
  }

  try {
    await takeStock();
  } catch (error) {
    lock.release();
    throw error;
  }
  const expiry = setInterval(() => void removeExpired().catch(() => {}), EXPIRY_EVERY_MS).unref();
  // What is wrong with the folder is said with the next line that is to be written.
  const holding = setInterval(() => void lock.hold().catch(() => {}), options.holdEveryMs ?? HOLD_EVERY_MS).unref();
  return {
    get standing() {
      return parts.trouble.standing;
    },
    async files({ id, name }) {
      const safe = safeName(name);
      const files = await openContainerFiles(shelfFor(id, safe), safe, parts, () => open.delete(files));
      open.add(files);
      return files;
    },
    list: () => readLogFolder(dir, disk),
    async engineHas(ids) {
      for (const shelf of shelves.values()) if (!ids.has(shelf.id)) await markRemoved(shelf);
      await removeExpired();
    },
    removeExpired,
    compressed: () => compressor.idle(),
    async close() {
      clearInterval(expiry);
      clearInterval(holding);
      closing.abort();
      await Promise.all([...open].map((files) => files.close()));
      await compressor.close();
      lock.release();
    },
  };
}
