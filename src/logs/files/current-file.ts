import { logFileReplaced } from "../../telemetry/events/logs.ts";
import { AppendError, type AppendFile, openAppendFile } from "./append-file.ts";
import type { Batch } from "./batch.ts";
import { makeContainerFolder } from "./container-folder.ts";
import type { FolderParts } from "./folder-parts.ts";
import type { Shelf } from "./shelf.ts";

/** The file that a container's lines go to at the moment, through everything that may happen to it. */
export interface CurrentFile {
  /** Whether there is one, as far as we know. */
  readonly isMade: boolean;
  /** Absent while it is not open. */
  readonly open: AppendFile | undefined;
  /** It is open, stands at its path and ends with a whole line. "new": its checkpoint does not know it. */
  ready(): Promise<{ file: AppendFile; is: "known" | "new" }>;
  /** Whether it still stands at its path: otherwise it was let go of. */
  look(): Promise<boolean>;
  /** Writes all; what it throws comes after `onLanded` with the lines that are in the file all the same. */
  append(batch: Batch, onLanded: (lines: number, bytes: number) => void): Promise<void>;
  /** Lets go of it: the next `ready` opens it anew and cuts off what did not arrive whole. */
  drop(): Promise<void>;
  /** It stands elsewhere now, with all that is in it: the next is made. */
  forget(): Promise<void>;
}

export interface KnownFile {
  readonly identity: string;
  readonly size: number;
}

/** How often it is looked whether the file still stands where it was: by time and by bytes. */
const LOOK_EVERY_MS = 1_000;
const LOOK_EVERY_BYTES = 1024 * 1024;

export function createCurrentFile(shelf: Shelf, folder: FolderParts, recovered: KnownFile | undefined): CurrentFile {
  return new FileOfShelf(shelf, folder, recovered);
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class FileOfShelf implements CurrentFile {
  open: AppendFile | undefined;
  readonly #shelf: Shelf;
  readonly #folder: FolderParts;
  #known: KnownFile | undefined;
  #lookedAtMs = 0;
  #lookedSize = 0;
  #rescued: Buffer | undefined;

  constructor(shelf: Shelf, folder: FolderParts, recovered: KnownFile | undefined) {
    this.#shelf = shelf;
    this.#folder = folder;
    this.#known = recovered;
  }

  get isMade(): boolean {
    return this.#known !== undefined;
  }

  async ready(): Promise<{ file: AppendFile; is: "known" | "new" }> {
    if (this.open) {
      const writtenBytes = this.open.size - this.#lookedSize;
      if (performance.now() - this.#lookedAtMs >= LOOK_EVERY_MS || writtenBytes >= LOOK_EVERY_BYTES) await this.look();
    }
    let is: "known" | "new" = "known";
    if (!this.open) {
      const { file, isKnown } = await this.#opened();
      this.open = file;
      if (!isKnown) is = "new";
    }
    const rescued = this.#rescued;
    if (rescued) {
      await this.append({ bytes: rescued, ends: [rescued.length] }, () => {});
      this.#rescued = undefined;
    }
    return { file: this.open, is };
  }

  async look(): Promise<boolean> {
    if (!this.open) return false;
    const isKept = (await this.open.state()) === "kept";
    if (!isKept) await this.drop();
    else this.#noteLook(this.open);
    return isKept;
  }

  async append({ bytes, ends }: Batch, onLanded: (lines: number, bytes: number) => void): Promise<void> {
    const file = this.open;
    if (!file) throw new Error("Nothing is appended to a file that is not ready");
    const start = file.size;
    try {
      await file.append(bytes);
    } catch (error) {
      const arrivedBytes = error instanceof AppendError ? error.arrivedBytes : 0;
      const landed = ends.filter((end) => end <= arrivedBytes).length;
      const landedBytes = ends[landed - 1] ?? 0;
      this.#known = { identity: file.identity, size: start + landedBytes };
      onLanded(landed, landedBytes);
      // Half a line gives its room back at once; where that fails too, the next opening cuts it off.
      await file.cutTo(start + landedBytes).catch(() => {});
      throw error;
    }
    this.#noteSize(file);
    onLanded(ends.length, bytes.length);
  }

  async drop(): Promise<void> {
    const dropped = this.open;
    this.open = undefined;
    if (!dropped) return;
    await this.#rescue(dropped).catch(() => {});
    // What a failed disk says at closing changes nothing.
    await dropped.close().catch(() => {});
  }

  async forget(): Promise<void> {
    this.#known = undefined;
    this.#shelf.currentBytes = 0;
    await this.drop();
  }

  async #opened(): Promise<{ file: AppendFile; isKnown: boolean }> {
    const { disk, lock, folderMode, fileMode, telemetry } = this.#folder;
    const { names } = this.#shelf;
    await lock.hold();
    await makeContainerFolder(disk, names.folder, folderMode);
    const file = await openAppendFile(disk, names.current, fileMode);
    const known = this.#known;
    const isKnown = known?.identity === file.identity && file.size >= known.size;
    try {
      if (isKnown) {
        if (file.size > known.size) await file.cutTo(known.size);
      } else {
        await file.cutTorn();
        if (known) logFileReplaced(telemetry, names.current);
      }
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#noteSize(file);
    this.#noteLook(file);
    return { file, isKnown };
  }

  #noteSize({ identity, size }: AppendFile) {
    this.#known = { identity, size };
    this.#folder.usage.bytes += size - this.#shelf.currentBytes;
    this.#shelf.currentBytes = size;
  }

  #noteLook({ size }: AppendFile) {
    this.#lookedAtMs = performance.now();
    this.#lookedSize = size;
  }

  /** Lines that went with a file which was removed since it was last looked after: its handle still gives them. */
  async #rescue(file: AppendFile) {
    const known = this.#known;
    const lookedSize = this.#lookedSize;
    if (known?.identity !== file.identity || known.size <= lookedSize) return;
    if ((await file.state()) === "removed") this.#rescued = await file.read(lookedSize, known.size - lookedSize);
  }
}
