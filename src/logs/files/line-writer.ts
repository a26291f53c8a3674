import { logFileRotated, logLinesParted, logLinesWritten } from "../../telemetry/events/logs.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import type { AppendFile } from "./append-file.ts";
import { fillBatch } from "./batch.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { type CurrentFile, createCurrentFile } from "./current-file.ts";
import type { FolderParts } from "./folder-parts.ts";
import { createHeldLines, type HeldLines, positionOf } from "./held-lines.ts";
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
  return new WriterOfShelf(shelf, folder, recovered);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class WriterOfShelf implements LineWriter {
  checkpointAtMs = 0;
  readonly #shelf: Shelf;
  readonly #folder: FolderParts;
  readonly #held: HeldLines;
  readonly #current: CurrentFile;
  #sequence: number;
  /** The file that was found is of another format: no line is added to it. */
  #isForeign: boolean;
  #isCheckpointDue: boolean;

  constructor(shelf: Shelf, folder: FolderParts, { held, file, sequence, format }: Recovered) {
    this.#shelf = shelf;
    this.#folder = folder;
    this.#held = createHeldLines(held);
    this.#current = createCurrentFile(shelf, folder, file);
    this.#sequence = sequence;
    this.#isForeign = format !== folder.format && (file?.size ?? 0) > 0;
    this.#isCheckpointDue = this.#isForeign || !this.#isFit(shelf.checkpoint);
  }

  get position(): LogPosition | undefined {
    return positionOf(this.#held.state());
  }

  get isMade(): boolean {
    return this.#current.isMade || this.#shelf.rotated.length > 0;
  }

  async step(cursor: Cursor): Promise<void> {
    const folder = this.#folder;
    const file = await this.#ready();
    const buffer = folder.buffers.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
    try {
      const roomBytes = this.#isForeign ? 0 : folder.maxFileBytes - file.size;
      const isFileEmpty = file.size === 0;
      const { lines, next } = cursor;
      const format = LINE_FORMATS[folder.format];
      const batch = fillBatch({ lines, from: next, format, buffer, roomBytes, isFileEmpty });
      if (batch.ends.length === 0) return await this.#rotate(file);
      await folder.total.makeRoom(batch.bytes.length);
      await this.#current.append(batch, (count, bytes) => this.#landed(cursor, count, bytes));
    } finally {
      folder.buffers.push(buffer);
    }
  }

  checkpointIsDue(): void {
    this.#isCheckpointDue = true;
  }

  async saveCheckpoint(about?: Pick<Checkpoint, "removedAtMs">): Promise<void> {
    if (!this.#current.isMade) return;
    await this.#current.look();
    const { file } = await this.#current.ready();
    await this.#save(file, about);
  }

  drop(): Promise<void> {
    return this.#current.drop();
  }

  #isFit(checkpoint: Checkpoint | undefined): boolean {
    const isSame = checkpoint?.sequence === this.#sequence && checkpoint.format === this.#folder.format;
    return isSame && checkpoint.name === this.#shelf.name && checkpoint.removedAtMs === undefined;
  }

  /** Beyond what is in the file: nothing is written before a resume would find its way, and no file removed. */
  async #ready(): Promise<AppendFile> {
    const { file, is } = await this.#current.ready();
    if (this.#isCheckpointDue || is === "new") {
      this.#isCheckpointDue = true;
      await this.#save(file);
    }
    await this.#removeOldest(this.#folder.maxFiles - 1);
    return file;
  }

  async #removeOldest(keptFiles: number) {
    const shelf = this.#shelf;
    const { disk, telemetry, usage, onRemove } = this.#folder;
    const extra = Math.max(0, shelf.rotated.length - keptFiles);
    for (const oldest of shelf.rotated.slice(0, extra))
      await removeRotated(shelf, oldest, { disk, telemetry, usage, onRemove, reason: "count" });
  }

  async #save(file: AppendFile, about: Pick<Checkpoint, "removedAtMs"> = {}) {
    const shelf = this.#shelf;
    const { disk, format, fileMode } = this.#folder;
    // It is never ahead of the file that it tells of, also after a power cut.
    await file.sync();
    const checkpoint: Checkpoint = {
      version: 1,
      id: shelf.id,
      name: shelf.name,
      format,
      sequence: this.#sequence,
      size: file.size,
      held: this.#held.state(),
      ...about,
    };
    if (JSON.stringify(checkpoint) !== JSON.stringify(shelf.checkpoint)) {
      await writeCheckpoint(disk, shelf.names.checkpoint, checkpoint, fileMode);
      shelf.checkpoint = checkpoint;
    }
    this.#isCheckpointDue = false;
    this.checkpointAtMs = performance.now();
  }

  /**
   * A number never shifts: rotating is one rename, and a kill at any point leaves each line in one file. The checkpoint
   * that knows the new file is written before its first line; what `raw` needs of the old one, before the rename.
   */
  async #rotate(file: AppendFile) {
    const shelf = this.#shelf;
    const { disk, telemetry, format, maxFiles, compress, compressor, now } = this.#folder;
    if (!(await this.#current.look())) return;
    if (format === "raw") await this.#save(file);
    else await file.sync();
    await this.#removeOldest(Math.max(1, maxFiles - 1) - 1);
    await disk.rename(shelf.names.current, shelf.names.rotated(this.#sequence));
    const rotated: RotatedFile = {
      sequence: this.#sequence,
      bytes: file.size,
      modifiedAtMs: now(),
      isCompressed: false,
      isRemoved: false,
    };
    this.#sequence++;
    this.#isForeign = false;
    shelf.rotated.push(rotated);
    await this.#current.forget();
    logFileRotated(telemetry, shelf.names.rotated(rotated.sequence));
    if (compress && maxFiles > 1) compressor.add(shelf, rotated);
  }

  #landed(cursor: Cursor, lines: number, bytes: number) {
    const { telemetry } = this.#folder;
    let parts = 0;
    const end = cursor.next + lines;
    for (; cursor.next < end; cursor.next++) {
      const line = cursor.lines[cursor.next] as LogLine;
      this.#held.add(line);
      if (line.isPart) parts++;
    }
    if (lines > 0) logLinesWritten(telemetry, lines, bytes);
    if (parts > 0) logLinesParted(telemetry, parts);
  }
}
