import type { Dirent } from "node:fs";
import { basename, join } from "node:path";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { codeOf, type Disk, REAL_DISK } from "./disk.ts";
import { parseFileName } from "./file-names.ts";

export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its newest line, nearly. */
  readonly modifiedAtMs: number;
  readonly isCompressed: boolean;
  /** Of a rotated one, growing with time; the current file has none. */
  readonly sequence?: number;
}

/** What a folder holds of one container. */
export interface StoredLogs {
  /** All digits where the checkpoint tells them, else the first twelve. */
  readonly id: string;
  readonly shortId: string;
  /** Its newest name. */
  readonly name: string;
  readonly folder: string;
  /** What the names of its files begin with. */
  readonly stem: string;
  /** Oldest first; the current one is the last, where there is one. */
  readonly files: readonly StoredFile[];
  readonly checkpoint?: Checkpoint | undefined;
  readonly checkpointError?: string | undefined;
  /** Left by a kill: halves of new files, and files of which the compressed form is complete. */
  readonly leftovers: readonly string[];
}

/** Reads what is there, without the lock: another process may be writing. Links are not followed. */
export async function readLogFolder(dir: string, disk: Disk = REAL_DISK): Promise<StoredLogs[]> {
  const folders = (await disk.readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const stored: StoredLogs[] = [];
  for (const { name } of folders) stored.push(...(await readFolder(disk, join(dir, name))));
  return stored;
}

/** Of one container's folder, which may hold the files of several that had its name. */
export async function readFolder(disk: Disk, folder: string): Promise<StoredLogs[]> {
  const byStem = new Map<string, string[]>();
  for (const entry of await entriesOf(disk, folder)) {
    const stem = entry.isFile() ? parseFileName(entry.name)?.stem : undefined;
    if (stem === undefined) continue;
    const names = byStem.get(stem);
    if (names) names.push(entry.name);
    else byStem.set(stem, [entry.name]);
  }
  return Promise.all([...byStem].map(([stem, names]) => readStem(disk, { folder, stem, names })));
}

async function readStem(
  disk: Disk,
  { folder, stem, names }: { folder: string; stem: string; names: readonly string[] },
): Promise<StoredLogs> {
  const leftovers: string[] = [];
  const files: StoredFile[] = [];
  for (const name of names) {
    const { kind, sequence } = parseFileName(name) as NonNullable<ReturnType<typeof parseFileName>>;
    const path = join(folder, name);
    if (kind === "unfinished" || (kind === "rotated" && names.includes(`${name}.gz`))) leftovers.push(path);
    else if (kind !== "checkpoint") {
      const stats = await disk.stat(path).catch(ifGone);
      if (!stats) continue;
      const file = { path, bytes: stats.size, modifiedAtMs: stats.mtimeMs, isCompressed: kind === "compressed" };
      files.push(kind === "current" ? file : { ...file, sequence });
    }
  }
  files.sort((a, b) => (a.sequence ?? Number.MAX_VALUE) - (b.sequence ?? Number.MAX_VALUE));
  const { checkpoint, checkpointError } = await checkpointOf(disk, join(folder, `${stem}.checkpoint`));
  const shortId = stem.slice(-12);
  const id = checkpoint?.id ?? shortId;
  return {
    id,
    shortId,
    name: checkpoint?.name ?? basename(folder),
    folder,
    stem,
    files,
    checkpoint,
    checkpointError,
    leftovers,
  };
}

async function checkpointOf(disk: Disk, path: string): Promise<Pick<StoredLogs, "checkpoint" | "checkpointError">> {
  try {
    return { checkpoint: await readCheckpoint(disk, path) };
  } catch (error) {
    return { checkpointError: error instanceof Error ? error.message : String(error) };
  }
}

async function entriesOf(disk: Disk, folder: string): Promise<Dirent[]> {
  return (await disk.readdir(folder, { withFileTypes: true }).catch(ifGone)) ?? [];
}

function ifGone(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT") throw error;
}
