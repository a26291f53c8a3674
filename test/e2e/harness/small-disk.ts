import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

export interface SmallDisk {
  readonly path: string;
  /** Takes all that is left of it, until `free`. */
  fill(): void;
  free(): void;
  end(): Promise<void>;
}

/** A file system of its own in memory. */
export function mountSmallDisk(mebibytes: number): SmallDisk {
  const folder = temporaryFolder();
  const path = join(folder.path, "disk");
  const filler = join(path, "filler");
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path]);
  return {
    path,
    fill() {
      try {
        writeFileSync(filler, Buffer.alloc(mebibytes * 2 ** 20));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    },
    free: () => rmSync(filler, { force: true }),
    async end() {
      execFileSync("umount", ["-l", path]);
      folder.remove();
    },
  };
}
