import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { codeOf, type Disk, identityOf } from "./disk.ts";

interface AppendedFile {
  readonly disk: Disk;
  readonly path: string;
  /** It appends. */
  readonly handle: FileHandle;
}

/** O_NONBLOCK: a pipe that someone put there must not hold us. Neither of the two is there on Windows. */
export const FILE_FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** On Windows nothing can be cut through a handle that appends (EPERM; nodejs/node#3177): another one does it there. */
export async function cutFile({ disk, path, handle }: AppendedFile, size: number): Promise<void> {
  try {
    await handle.truncate(size);
  } catch (error) {
    if (codeOf(error) !== "EPERM") throw error;
    const another = await disk.open(path, FILE_FLAGS);
    try {
      if ((await identityAs(another)) !== (await identityAs(handle))) throw error;
      await another.truncate(size);
    } finally {
      await another.close();
    }
  }
}

async function identityAs(handle: FileHandle): Promise<string> {
  return identityOf(await handle.stat({ bigint: true }));
}
