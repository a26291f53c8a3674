import { constants } from "node:fs";
import type { Disk } from "./disk.ts";
import { codeOf, renameOver } from "./disk.ts";
import type { HeldState } from "./held-lines.ts";
import type { LogFormat } from "./line-formats.ts";

/**
 * What is known of a container's files beside the files: written when they are opened, rotated and closed, and every
 * second while `raw` is written. With `cri` and `json` the lines after it are read from the files, so that it may be old;
 * with `raw` they are cut off and asked for again. It spares both a look into rotated files, which may be gone by then.
 */
export interface Checkpoint {
  readonly version: 1;
  readonly id: string;
  /** Its newest; the files keep the first. */
  readonly name: string;
  readonly format: LogFormat;
  /** Of the file that `size` and `held` are about: the number that it has, or will have, once rotated. */
  readonly sequence: number;
  readonly size: number;
  /** Everything up to `size`; absent: nothing. */
  readonly held?: HeldState | undefined;
  /** When the engine no longer had the container. */
  readonly removedAtMs?: number | undefined;
}

/** Undefined: there is none. One that makes no sense is an error. */
export async function readCheckpoint(disk: Disk, path: string): Promise<Checkpoint | undefined> {
  let text: string;
  try {
    text = await disk.readFile(path, { encoding: "utf8", flag: constants.O_RDONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const checkpoint = parsed(text);
  if (!isCheckpoint(checkpoint)) throw new CheckpointError(`${path} is no checkpoint of version 1`);
  return checkpoint;
}

export class CheckpointError extends Error {}

/** Beside, synced, renamed: whoever reads finds the old one or the new one. */
export async function writeCheckpoint(disk: Disk, path: string, checkpoint: object, mode: number): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const beside = `${path}.tmp`;
  const file = await disk.open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  try {
    await file.writeFile(`${JSON.stringify(checkpoint)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameOver(disk, beside, path);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  const { version, id, name, format, sequence, size } = (value ?? {}) as Partial<Record<keyof Checkpoint, unknown>>;
  return (
    version === 1 &&
    typeof id === "string" &&
    typeof name === "string" &&
    (format === "cri" || format === "json" || format === "raw") &&
    Number.isSafeInteger(sequence) &&
    Number.isSafeInteger(size)
  );
}
