import * as disk from "node:fs/promises";

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

export async function lstatIfThere(disk: Disk, path: string) {
  return disk.lstat(path).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    return undefined;
  });
}
