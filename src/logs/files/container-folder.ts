import { basename, dirname, join } from "node:path";
import { NoFileError } from "./append-file.ts";
import { codeOf, type Disk, lstatIfThere } from "./disk.ts";
import { type FileNames, safeName } from "./file-names.ts";

/** Makes the folder where it is missing. A link of ours that stands in its place, of a container once called so, gives way. */
export async function makeContainerFolder(disk: Disk, folder: string, mode: number): Promise<void> {
  const stats = await lstatIfThere(disk, folder);
  if (stats?.isDirectory()) return;
  if (stats?.isSymbolicLink() && (await isOurs(disk, folder))) await disk.unlink(folder);
  else if (stats) throw new NoFileError(`${folder} is no folder, and was not put there by Tallyman`);
  await makeFolder(disk, folder, mode);
}

export async function isRealFolder(disk: Disk, folder: string): Promise<boolean> {
  return (await lstatIfThere(disk, folder))?.isDirectory() ?? false;
}

/** The mode is set, since a umask took from it. */
export async function makeFolder(disk: Disk, folder: string, mode: number): Promise<void> {
  // What is above it is made too, when all of it was removed.
  if ((await disk.mkdir(folder, { recursive: true, mode })) !== undefined) await disk.chmod(folder, mode);
}

/**
 * Under its new name a container is found by a link to the folder of its old one; where the new name has a folder already,
 * of another container, by a link in there.
 */
export async function linkNewName(disk: Disk, names: FileNames, newName: string): Promise<void> {
  const folderName = basename(names.folder);
  const link = join(dirname(names.folder), safeName(newName));
  if (link === names.folder) return;
  const stats = await lstatIfThere(disk, link);
  if (stats?.isDirectory()) {
    const file = basename(names.current);
    await disk.symlink(join("..", folderName, file), join(link, file)).catch(ifCantBe);
    return;
  }
  if (stats && !(stats.isSymbolicLink() && (await isOurs(disk, link)))) return;
  if (stats) await disk.unlink(link);
  await disk.symlink(folderName, link).catch(ifCantBe);
}

/** Removes the folder if nothing is left in it, and the links that led to the files. */
export async function removeContainerFolder(disk: Disk, names: FileNames): Promise<void> {
  const dir = dirname(names.folder);
  const folderName = basename(names.folder);
  const isEmpty = await disk.rmdir(names.folder).then(
    () => true,
    () => false,
  );
  for (const entry of await disk.readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isSymbolicLink()) {
      if (isEmpty && (await disk.readlink(path)) === folderName) await disk.unlink(path);
    } else if (entry.isDirectory()) {
      const inside = join(path, basename(names.current));
      const stats = await lstatIfThere(disk, inside);
      if (stats?.isSymbolicLink()) await disk.unlink(inside);
    }
  }
}

/** Ours lead to a folder beside them. */
async function isOurs(disk: Disk, link: string): Promise<boolean> {
  const target = await disk.readlink(link);
  return target === safeName(target);
}

/** Something has the name, or there are no links here: Windows gives the right to make them to few, and FAT has none. */
function ifCantBe(error: unknown) {
  if (!["EEXIST", "EPERM", "ENOTSUP", "ENOSYS"].includes(codeOf(error))) throw error;
}
