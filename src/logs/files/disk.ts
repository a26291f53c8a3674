import type { BigIntStats } from "node:fs";
import * as disk from "node:fs/promises";
import { wait } from "../../kit/wait.ts";

/** The part of node:fs/promises that files are written with: a test's own disk fills up, fails, and dies at any step. */
export type Disk = Pick<
  typeof disk,
  | "open"
  | "rename"
  | "unlink"
  | "stat"
  | "lstat"
  | "mkdir"
  | "chmod"
  | "readdir"
  | "readFile"
  | "readlink"
  | "symlink"
  | "rmdir"
>;

export const REAL_DISK: Disk = disk;

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

/** Removes what may be gone already. */
export async function removeFile(disk: Disk, path: string): Promise<void> {
  await disk.unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
}

/** Without following links. Whether it can't be told is an error, and not a no. */
export async function isThere(disk: Disk, path: string): Promise<boolean> {
  return (await lstatIfThere(disk, path)) !== undefined;
}

/** The same for a file whatever its path. NTFS has numbers of files that are too large for a double, hence BigInt. */
export function identityOf({ dev, ino }: Pick<BigIntStats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/** Without following links; undefined: nothing is there. */
export async function identityAt(disk: Disk, path: string): Promise<string | undefined> {
  const stats = await disk.lstat(path, { bigint: true }).catch(ifGone);
  return stats && identityOf(stats);
}

export async function lstatIfThere(disk: Disk, path: string) {
  return disk.lstat(path).catch(ifGone);
}

function ifGone(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT") throw error;
}

/** Windows replaces no file that someone has open, if only to read it or to look for viruses (Node 22: EPERM). */
const REPLACE_TRIES = 10;
const REPLACE_AGAIN_MS = 20;

export async function renameOver(disk: Disk, from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await disk.rename(from, to);
    } catch (error) {
      const isHeld = ["EPERM", "EACCES", "EBUSY"].includes(codeOf(error));
      if (!isHeld || tries === REPLACE_TRIES) throw error;
      await wait(REPLACE_AGAIN_MS);
    }
  }
}
