import { logFileRotated, logLinesParted, logLinesWritten } from "../../telemetry/events/logs.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import type { AppendFile } from "./append-file.ts";
import { fillBatch } from "./batch.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { createCurrentFile } from "./current-file.ts";
import type { FolderParts } from "./folder-parts.ts";
import { createHeldLines, positionOf } from "./held-lines.ts";
import { LINE_FORMATS } from "./line-formats.ts";
import type { Recovered } from "./recover.ts";
import { type RotatedFile, removeRotated, type Shelf } from "./shelf.ts";

/** Lines that are being written, and how far that has come: also when it failed in the middle. */
export interface Cursor {
  readonly lines: readonly LogLine[];
  next: number;
}

/** Writes one container's files, in steps that may fail and be tried again. One step at a time. */
export interface LineWriter {
  readonly position: LogPosition | undefined;
  /** Whether there are files; until then they may still be named otherwise. */
  readonly isMade: boolean;
  /** A batch, or a rotation. */
  step(cursor: Cursor): Promise<void>;
  /** What the checkpoint says has changed: it is written before the next line. */
  checkpointIsDue(): void;
  /** Where there is a file to tell of, and it says something new. */
  saveCheckpoint(about?: Pick<Checkpoint, "removedAtMs">): Promise<void>;
  /** When the last one was saved, by `performance.now()`. */
  readonly checkpointAtMs: number;
  /** After a failure: the file is opened anew. */
  drop(): Promise<void>;
}

const BATCH_BYTES = 256 * 1024;

export function createLineWriter(shelf: Shelf, folder: FolderParts, recovered: Recovered): LineWriter {
  const { disk, telemetry } = folder;
  const format = LINE_FORMATS[folder.format];
  const { onRemove, usage } = folder;
  const removal = { disk, telemetry, usage, onRemove, reason: "count" as const };
  const held = createHeldLines(recovered.held);
  const current = createCurrentFile(shelf, folder, recovered.file);
  let { sequence } = recovered;
  /** The file that was found is of another format: no line is added to it. */
  let isForeign = recovered.format !== folder.format && (recovered.file?.size ?? 0) > 0;
  let isCheckpointDue = isForeign || !isFit(shelf.checkpoint);
  let checkpointAtMs = 0;

  function isFit(checkpoint: Checkpoint | undefined): boolean {
    const isSame = checkpoint?.sequence === sequence && checkpoint.format === folder.format;
    return isSame && checkpoint.name === shelf.name && checkpoint.removedAtMs === undefined;
  }

  /** Beyond what is in the file: nothing is written before a resume would find its way, and no file removed. */
  async function ready(): Promise<AppendFile> {
    const { file, is } = await current.ready();
    if (isCheckpointDue || is === "new") {
      isCheckpointDue = true;
      await saveCheckpoint(file);
    }
    await removeOldest(folder.maxFiles - 1);
    return file;
  }

  async function removeOldest(keptFiles: number) {
    const extra = Math.max(0, shelf.rotated.length - keptFiles);
    for (const oldest of shelf.rotated.slice(0, extra)) await removeRotated(shelf, oldest, removal);
  }

  async function saveCheckpoint(file: AppendFile, about: Pick<Checkpoint, "removedAtMs"> = {}) {
    // It is never ahead of the file that it tells of, also after a power cut.
    await file.sync();
    const checkpoint: Checkpoint = {
      version: 1,
      id: shelf.id,
      name: shelf.name,
      format: folder.format,
      sequence,
      size: file.size,
      held: held.state(),
      ...about,
    };
    if (JSON.stringify(checkpoint) !== JSON.stringify(shelf.checkpoint)) {
      await writeCheckpoint(disk, shelf.names.checkpoint, checkpoint, folder.fileMode);
      shelf.checkpoint = checkpoint;
    }
    isCheckpointDue = false;
    checkpointAtMs = performance.now();
  }

  /**
   * A number never shifts: rotating is one rename, and a kill at any point leaves each line in one file. The checkpoint
   * that knows the new file is written before its first line; what `raw` needs of the old one, before the rename.
   */
  async function rotate(file: AppendFile) {
    if (!(await current.look())) return;
    if (folder.format === "raw") await saveCheckpoint(file);
    else await file.sync();
    await removeOldest(Math.max(1, folder.maxFiles - 1) - 1);
    await disk.rename(shelf.names.current, shelf.names.rotated(sequence));
    const rotated: RotatedFile = {
      sequence,
      bytes: file.size,
      modifiedAtMs: folder.now(),
      isCompressed: false,
      isRemoved: false,
    };
    sequence++;
    isForeign = false;
    shelf.rotated.push(rotated);
    await current.forget();
    logFileRotated(telemetry, shelf.names.rotated(rotated.sequence));
    if (folder.compress && folder.maxFiles > 1) folder.compressor.add(shelf, rotated);
  }

  function landed(cursor: Cursor, lines: number, bytes: number) {
    let parts = 0;
    const end = cursor.next + lines;
    for (; cursor.next < end; cursor.next++) {
      const line = cursor.lines[cursor.next] as LogLine;
      held.add(line);
      if (line.isPart) parts++;
    }
    if (lines > 0) logLinesWritten(telemetry, lines, bytes);
    if (parts > 0) logLinesParted(telemetry, parts);
  }

  return {
    get position() {
      return positionOf(held.state());
    },
    get isMade() {
      return current.isMade || shelf.rotated.length > 0;
    },
    get checkpointAtMs() {
      return checkpointAtMs;
    },
    async step(cursor) {
      const file = await ready();
      const buffer = folder.buffers.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
      try {
        const roomBytes = isForeign ? 0 : folder.maxFileBytes - file.size;
        const isFileEmpty = file.size === 0;
        const { lines, next } = cursor;
        const batch = fillBatch({ lines, from: next, format, buffer, roomBytes, isFileEmpty });
        if (batch.ends.length === 0) return await rotate(file);
        await folder.total.makeRoom(batch.bytes.length);
        await current.append(batch, (count, bytes) => landed(cursor, count, bytes));
      } finally {
        folder.buffers.push(buffer);
      }
    },
    checkpointIsDue() {
      isCheckpointDue = true;
    },
    async saveCheckpoint(about) {
      if (!current.isMade) return;
      await current.look();
      const { file } = await current.ready();
      await saveCheckpoint(file, about);
    },
    drop: current.drop,
  };
}
