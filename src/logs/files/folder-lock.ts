import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { withoutWarning } from "../../kit/without-warning.ts";
import { NoFileError } from "./append-file.ts";
import { makeFolder } from "./container-folder.ts";
import { type Disk, identityAt, lstatIfThere } from "./disk.ts";

/** Another agent writes to the folder. The code makes a writer wait, as for a disk: the other may end. */
export class FolderLockedError extends Error {
  readonly code = "EBUSY";
}

export interface FolderLock {
  /**
   * Whoever removes the folder removes its lock: it is made anew and locked again. Rejects with `FolderLockedError` when
   * another agent was faster.
   */
  hold(): Promise<void>;
  release(): void;
}

export interface FolderLockOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly fileMode: number;
  readonly folderMode: number;
  /** The lock was gone, and is there again. */
  readonly onReturn: () => void;
}

/**
 * Two agents in one folder would write every line twice. Node has no lock of files but SQLite's, which is the kernel's own
 * (fcntl): it ends with its process, however that ended, holds between containers that share a volume, whose process ids
 * mean nothing to each other, and on NFS between hosts. Nothing is ever stored in the database. (Node 24.21: node:sqlite
 * is a release candidate and says nothing; 22.18 warns of an experiment when it is loaded, which is only here.)
 */
export async function lockFolder(options: FolderLockOptions): Promise<FolderLock> {
  const { disk, dir, folderMode, onReturn } = options;
  let held = await take(options);
  let holding: Promise<void> | undefined;
  let isReleased = false;

  async function hold() {
    if (isReleased || (await identityAt(disk, lockPath(dir))) === held.identity) return;
    await makeFolder(disk, dir, folderMode);
    const taken = await take(options);
    close(held.database);
    held = taken;
    if (isReleased) close(taken.database);
    else onReturn();
  }

  return {
    hold() {
      holding ??= hold().finally(() => {
        holding = undefined;
      });
      return holding;
    },
    release() {
      isReleased = true;
      close(held.database);
    },
  };
}

interface HeldLock {
  readonly database: DatabaseSync;
  readonly identity: string | undefined;
}

async function take({ disk, dir, fileMode }: FolderLockOptions): Promise<HeldLock> {
  const path = lockPath(dir);
  const holderPath = join(dir, ".lock.json");
  await refuseLinks(disk, [path, holderPath]);
  loading ??= withoutWarning(isOfSqlite, () => import("node:sqlite"));
  const { DatabaseSync } = await loading;
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw new FolderLockedError(
      `The log folder ${dir} is in use by another Tallyman${await holderText(disk, holderPath)}: ` +
        "give each agent a folder of its own",
      { cause: error },
    );
  }
  try {
    // Where the folder is not ours to say so, its own mode has to do.
    await disk.chmod(path, fileMode).catch(() => {});
    await introduce(disk, holderPath, fileMode).catch(() => {});
    return { database, identity: await identityAt(disk, path) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function lockPath(dir: string): string {
  return join(dir, ".lock");
}

let loading: Promise<typeof import("node:sqlite")> | undefined;

function isOfSqlite({ type, text }: { type: string; text: string }): boolean {
  return type === "ExperimentalWarning" && text.startsWith("SQLite");
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

async function refuseLinks(disk: Disk, paths: readonly string[]) {
  for (const path of paths) {
    const stats = await lstatIfThere(disk, path);
    if (stats && !stats.isFile()) throw new NoFileError(`${path} is no regular file`);
  }
}

/** For the other's message alone: nothing is decided by it. */
async function introduce(disk: Disk, path: string, mode: number) {
  const file = await disk.open(path, "w", mode);
  try {
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  } finally {
    await file.close();
  }
}

async function holderText(disk: Disk, path: string): Promise<string> {
  try {
    const { pid, host, since } = JSON.parse(await disk.readFile(path, "utf8"));
    return ` (process ${pid} on host ${host}, since ${since})`;
  } catch {
    return "";
  }
}

function close(database: DatabaseSync) {
  if (database.isOpen) database.close();
}
