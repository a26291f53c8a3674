import { rename, writeFile } from "node:fs/promises";

/** Written beside and renamed: whoever reads finds the old text or the new one. A file that is a mount of its own can only be written over. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.tmp`;
  await writeFile(beside, text);
  try {
    await rename(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
    await writeFile(path, text);
  }
}
