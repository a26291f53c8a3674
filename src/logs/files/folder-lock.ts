import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { withoutWarning } from "../../kit/without-warning.ts";
import { NoFileError } from "./append-file.ts";
import { type Disk, lstatIfThere } from "./disk.ts";

/** Another agent writes to the folder. */
export class FolderLockedError extends Error {}

export interface FolderLock {
  release(): void;
}

/**
 * Two agents in one folder would write every line twice. Node has no lock of files but SQLite's, which is the kernel's own
 * (fcntl): it ends with its process, however that ended, holds between containers that share a volume, whose process ids
 * mean nothing to each other, and on NFS between hosts. Nothing is ever stored in the database. (Node 24.21: node:sqlite
 * is a release candidate and says nothing; 22.18 warns of an experiment when it is loaded, which is only here.)
 */
export async function lockFolder(disk: Disk, dir: string, fileMode: number): Promise<FolderLock> {
  const path = join(dir, ".lock");
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
  // Where the folder is not ours to say so, its own mode has to do.
  await disk.chmod(path, fileMode).catch(() => {});
  await introduce(disk, holderPath, fileMode).catch(() => {});
  return { release: () => release(database) };
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

function release(database: DatabaseSync) {
  if (database.isOpen) database.close();
}
