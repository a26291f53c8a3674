import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readLogFolder } from "../logs/files/read-log-folder.ts";
import type { Settings } from "../settings/schema.ts";
import type { Finding } from "./finding.ts";
import { shortSize } from "./short-size.ts";

/** Whether an agent of this user could write there. The folder is left as it is. */
export async function checkLogFolder(dir: string): Promise<Finding> {
  const { W_OK, X_OK } = constants;
  try {
    if (!(await stat(dir)).isDirectory()) return { ok: false, message: `${dir} is no folder`, remedy: FOLDER_REMEDY };
    await access(dir, W_OK | X_OK);
    return { ok: true, message: `${dir} can be written to` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") return { ok: false, message: `${dir}: ${code ?? message}`, remedy: FOLDER_REMEDY };
  }
  const above = await nearestThere(dir);
  return access(above, W_OK | X_OK).then(
    () => ({ ok: true, message: `${dir} is not there yet, and can be made` }),
    ({ code }: NodeJS.ErrnoException) => ({
      ok: false,
      message: `${dir} is not there, and can't be made in ${above}: ${code}`,
      remedy: FOLDER_REMEDY,
    }),
  );
}

const FOLDER_REMEDY = "Mount a volume at logs.dir that belongs to the agent's user, or set another logs.dir.";

/** Against what the files may come to take; where that is not bounded as a whole, by the containers there are. */
export async function checkLogSpace(
  { dir, maxFileSize, maxFiles, maxTotalSize }: Settings["logs"],
  containers = 0,
): Promise<Finding[]> {
  const disk = await statfs(await nearestThere(dir)).catch(() => undefined);
  if (disk === undefined) return [];
  const stored = await readLogFolder(dir).catch(() => []);
  let usedBytes = 0;
  for (const { files } of stored) for (const { bytes } of files) usedBytes += bytes;
  const freeBytes = disk.bavail * disk.bsize;
  const mayTakeBytes = maxTotalSize ?? containers * maxFiles * maxFileSize;
  const bound = maxTotalSize === undefined ? `${containers} containers may take` : "they may take";
  const message = `${shortSize(freeBytes)} are free; the files take ${shortSize(usedBytes)}, ${bound} ${shortSize(mayTakeBytes)}`;
  const fits = usedBytes + freeBytes >= mayTakeBytes;
  const remedy =
    maxTotalSize === undefined ? "Set logs.maxTotalSize to bound them together." : "Lower logs.maxTotalSize.";
  const isWrong = maxTotalSize !== undefined ? !fits : freeBytes < maxFileSize;
  return [{ ok: !isWrong, message, ...(!fits && { remedy }) }];
}

async function nearestThere(dir: string): Promise<string> {
  for (let path = resolve(dir); ; path = dirname(path)) {
    if (path === dirname(path) || (await stat(path).catch(() => undefined))) return path;
  }
}
