import { logFilesRemoved } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type Disk, removeFile } from "./disk.ts";
import { type FileNames, fileNames } from "./file-names.ts";
import type { StoredLogs } from "./read-log-folder.ts";

export interface RotatedFile {
  readonly sequence: number;
  readonly modifiedAtMs: number;
  bytes: number;
  isCompressed: boolean;
  /** Set before its removal, so that a compression under way does not bring it back. */
  isRemoved: boolean;
}

/** What the folder has of one container, whether it is being written or not. */
export interface Shelf {
  id: string;
  name: string;
  names: FileNames;
  /** Oldest first. */
  rotated: RotatedFile[];
  currentBytes: number;
  currentModifiedAtMs: number;
  checkpoint: Checkpoint | undefined;
  checkpointError: string | undefined;
  /** While there is a writer. */
  isOpen: boolean;
}

/** Bytes of all log files together. */
export interface Usage {
  bytes: number;
}

export function newShelf(id: string, name: string, names: FileNames): Shelf {
  return {
    id,
    name,
    names,
    rotated: [],
    currentBytes: 0,
    currentModifiedAtMs: 0,
    checkpoint: undefined,
    checkpointError: undefined,
    isOpen: false,
  };
}

export function shelfOf(stored: StoredLogs): Shelf {
  const shelf = newShelf(stored.id, stored.name, fileNames(stored.folder, stored.stem));
  for (const { sequence, bytes, modifiedAtMs, isCompressed } of stored.files) {
    if (sequence === undefined) {
      shelf.currentBytes = bytes;
      shelf.currentModifiedAtMs = modifiedAtMs;
    } else shelf.rotated.push({ sequence, bytes, modifiedAtMs, isCompressed, isRemoved: false });
  }
  shelf.checkpoint = stored.checkpoint;
  shelf.checkpointError = stored.checkpointError;
  return shelf;
}

export function shelfBytes(shelf: Shelf): number {
  return shelf.rotated.reduce((sum, { bytes }) => sum + bytes, shelf.currentBytes);
}

export function rotatedPath({ names }: Shelf, { sequence, isCompressed }: RotatedFile): string {
  return isCompressed ? `${names.rotated(sequence)}.gz` : names.rotated(sequence);
}

/** Told of a log file that is about to be removed, by its path without the ending of a compressed one. */
export type OnRemove = (path: string) => Promise<void>;

interface Removal {
  readonly onRemove?: OnRemove | undefined;
  readonly disk: Disk;
  readonly telemetry: Telemetry;
  readonly usage: Usage;
  readonly reason: "count" | "total" | "container";
}

export async function removeRotated(shelf: Shelf, file: RotatedFile, removal: Removal) {
  const { disk, telemetry, usage, reason } = removal;
  if (file.isRemoved) return;
  file.isRemoved = true;
  const path = shelf.names.rotated(file.sequence);
  try {
    await removal.onRemove?.(path);
    await removeFile(disk, path);
    await removeFile(disk, `${path}.gz`);
  } catch (error) {
    file.isRemoved = false;
    throw error;
  }
  shelf.rotated = shelf.rotated.filter((other) => other !== file);
  usage.bytes -= file.bytes;
  logFilesRemoved(telemetry, { path, files: 1, reason });
}

/** The current file too, and what is known of it: nobody writes to it. */
export async function removeShelf(shelf: Shelf, removal: Removal) {
  for (const file of [...shelf.rotated]) await removeRotated(shelf, file, removal);
  await removeCurrent(shelf, removal);
  await removeFile(removal.disk, shelf.names.checkpoint);
  await removeFile(removal.disk, shelf.names.shipped);
  await removeFile(removal.disk, `${shelf.names.shipped}.tmp`);
}

export async function removeCurrent(shelf: Shelf, { disk, telemetry, usage, reason, onRemove }: Removal) {
  await onRemove?.(shelf.names.current);
  await removeFile(disk, shelf.names.current);
  usage.bytes -= shelf.currentBytes;
  shelf.currentBytes = 0;
  logFilesRemoved(telemetry, { path: shelf.names.current, files: 1, reason });
}
