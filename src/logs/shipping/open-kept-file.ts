import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { codeOf, REAL_DISK } from "../files/disk.ts";
import { readFolder } from "../files/read-log-folder.ts";
import { type KeptContainer, type KeptFile, keptFiles } from "../kept/kept-containers.ts";
import type { ShipPosition } from "./ship-position.ts";

/** Whose files: no more of it is asked for. */
export type FilesOf = Pick<KeptContainer, "folder" | "stem">;

export type OnUnreadable = (path: string, error: unknown) => void;

export interface OpenedFile {
  readonly file: KeptFile;
  readonly handle: FileHandle;
  /** Where the first line begins that is wanted. */
  readonly offset: number;
  readonly identity: string | undefined;
}

/** Between being listed and opened a file may be rotated, compressed or removed: each time it is looked again. */
const MAX_LOOKS = 20;

/** The file of the position, or the next that there is and can be opened. */
export async function openAt(
  container: FilesOf,
  at: ShipPosition | undefined,
  onUnreadable: OnUnreadable,
): Promise<OpenedFile | undefined> {
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

/** Its files as they are now, the oldest first. */
export function filesNow({ folder, stem }: FilesOf): Promise<readonly KeptFile[]> {
  return keptFiles({ folder, stem, name: "", id: "", files: [], checkpoint: undefined, firstName: "", links: [] });
}

async function fileAt(container: FilesOf, at: ShipPosition | undefined): Promise<KeptFile | undefined> {
  const find = async () => (await filesNow(container)).find(({ sequence }) => sequence >= (at?.sequence ?? 0));
  const file = await find();
  // A rotation in the middle of a listing hides a file for that once.
  return file === undefined || file.sequence === at?.sequence ? file : find();
}

async function isStillCurrent(container: FilesOf, { sequence }: KeptFile): Promise<boolean> {
  return (await filesNow(container)).some((file) => file.isCurrent && file.sequence === sequence);
}

async function placeIn(
  handle: FileHandle,
  file: KeptFile,
  { container, at }: { container: FilesOf; at: ShipPosition | undefined },
): Promise<Pick<OpenedFile, "offset" | "identity">> {
  const offset = file.sequence === at?.sequence ? at.offset : 0;
  if (file.isCompressed) return { offset, identity: undefined };
  const stats = await handle.stat();
  const { size } = stats;
  const identity = `${stats.dev}:${stats.ino}:${stats.birthtimeMs}`;
  if (offset > 0 && at?.identity !== undefined && isAnother(at.identity, stats)) return { offset: 0, identity };
  return { offset: offset <= size ? offset : await cutOffset(container, file, size), identity };
}

/**
 * A removed file's number is soon given to another (ext4), so when it was made counts too, but where that is not known:
 * it is 0 then, or, of a kernel without statx (before 4.11), the time of the last change.
 */
function isAnother(identity: string, { dev, ino, birthtimeMs, ctimeMs }: Stats): boolean {
  const [device, inode, madeAtMs] = identity.split(":");
  if (device !== String(dev) || inode !== String(ino)) return true;
  return madeAtMs !== undefined && madeAtMs !== String(birthtimeMs) && birthtimeMs !== ctimeMs;
}

/** A file that became shorter: `raw` is cut back to its checkpoint after a kill, and written again from there. */
async function cutOffset({ folder, stem }: FilesOf, file: KeptFile, size: number): Promise<number> {
  const logs = (await readFolder(REAL_DISK, folder)).find((one) => one.stem === stem);
  const checkpoint = logs?.checkpoint;
  return checkpoint?.sequence === file.sequence && checkpoint.size <= size ? checkpoint.size : 0;
}
