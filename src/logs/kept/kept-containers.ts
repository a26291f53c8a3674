import { readdir, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Checkpoint } from "../files/checkpoint.ts";
import { REAL_DISK } from "../files/disk.ts";
import { readFolder, readLogFolder, type StoredLogs } from "../files/read-log-folder.ts";

/** What a folder of logs holds of one container. */
export interface KeptContainer {
  /** Its newest, as far as that is known. */
  readonly name: string;
  /** Twelve digits, or all. */
  readonly id: string;
  readonly folder: string;
  /** What the names of its files begin with. */
  readonly stem: string;
  /** The oldest first. */
  readonly files: readonly KeptFile[];
  readonly checkpoint: Checkpoint | undefined;
  /** What it was called first; its files keep that. */
  readonly firstName: string;
  /** Names that a container of its folder has or had. */
  readonly links: readonly string[];
}

export interface KeptFile {
  readonly path: string;
  /** Its number, which it keeps; of the file that is written to the one that it will have once it is rotated. */
  readonly sequence: number;
  readonly isCurrent: boolean;
  readonly isCompressed: boolean;
  readonly bytes: number;
}

/** Sorted by name and then by age. Rejects when the folder itself can't be read. */
export async function keptContainers(dir: string): Promise<KeptContainer[]> {
  const stored = await readLogFolder(dir);
  const links = await linksIn(dir);
  return stored
    .filter(({ files }) => files.length > 0)
    .map((logs) => keptContainer(logs, links.get(basename(logs.folder)) ?? []))
    .sort((a, b) => a.name.localeCompare(b.name) || removedAtMs(a) - removedAtMs(b));
}

/** Its files as they are now; none once all are gone. */
export async function keptFiles({ folder, stem }: KeptContainer): Promise<readonly KeptFile[]> {
  const logs = (await readFolder(REAL_DISK, folder)).find((one) => one.stem === stem);
  return logs === undefined ? [] : numbered(logs);
}

/** By what a container is called now; else by the beginning of its id, by its first name, by a link. Several may have it. */
export function containersNamed(containers: readonly KeptContainer[], name: string): readonly KeptContainer[] {
  const ways: ((container: KeptContainer) => boolean)[] = [
    (container) => container.name === name,
    ({ id }) => /^[0-9a-f]{4,64}$/.test(name) && (id.startsWith(name) || name.startsWith(id)),
    ({ firstName }) => firstName === name,
    ({ links }) => links.includes(name),
  ];
  for (const way of ways) {
    const found = containers.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}

/** By folder the names that lead there. */
async function linksIn(dir: string): Promise<Map<string, string[]>> {
  const links = new Map<string, string[]>();
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const target = await readlink(join(dir, entry.name)).catch(() => "");
    links.set(target, [...(links.get(target) ?? []), entry.name]);
  }
  return links;
}

function keptContainer(logs: StoredLogs, links: readonly string[]): KeptContainer {
  const { id, shortId, folder, stem, checkpoint } = logs;
  const firstName = stem.slice(0, -shortId.length - 1);
  const name = checkpoint?.name.replace(/^\//, "") ?? firstName;
  return { name, id, folder, stem, files: numbered(logs), checkpoint, firstName, links };
}

/** The checkpoint's number may be of before the last rotation, or of a rotated file that is gone by now. */
function numbered({ files, checkpoint }: StoredLogs): KeptFile[] {
  const newest = Math.max(0, ...files.map(({ sequence = 0 }) => sequence));
  const next = Math.max(newest + 1, checkpoint?.sequence ?? 0);
  return files.map(({ path, bytes, isCompressed, sequence }) => ({
    path,
    sequence: sequence ?? next,
    isCurrent: sequence === undefined,
    isCompressed,
    bytes,
  }));
}

function removedAtMs({ checkpoint }: KeptContainer): number {
  return checkpoint?.removedAtMs ?? Number.MAX_SAFE_INTEGER;
}
