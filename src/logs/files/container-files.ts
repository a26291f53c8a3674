import { logWriteFailed } from "../../telemetry/events/logs.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import { linkNewName } from "./container-folder.ts";
import { codeOf } from "./disk.ts";
import { containerNames, safeName } from "./file-names.ts";
import type { FolderParts } from "./folder-parts.ts";
import { createLineWriter, type LineWriter } from "./line-writer.ts";
import { recover } from "./recover.ts";
import type { Shelf } from "./shelf.ts";

/** Where one container's lines go. */
export interface ContainerFiles {
  /** Of the last line that is written: what comes after it in the engine's log is to be written next. */
  readonly position: LogPosition | undefined;
  /**
   * Resolves when all lines are written, however long the disk takes to have room for them; until then their bytes must
   * stay as they are. Rejects with `LogFilesClosedError` when the files are closed before.
   */
  write(lines: readonly LogLine[]): Promise<void>;
  /** The files stay where they are; a link leads to them. */
  rename(name: string): Promise<void>;
  /** The engine no longer has the container: its files are kept for as long as the folder is told to, and closed. */
  removed(): Promise<void>;
  close(): Promise<void>;
}

/** With `raw`, what a kill costs is asked for again from the engine: not more than what came in this time. */
const RAW_CHECKPOINT_MS = 1_000;

export async function openContainerFiles(
  shelf: Shelf,
  name: string,
  folder: FolderParts,
  onClose: () => void,
): Promise<ContainerFiles> {
  const closing = new AbortController();
  function stop() {
    folder.signal.removeEventListener("abort", stop);
    closing.abort();
  }
  shelf.isOpen = true;
  folder.signal.addEventListener("abort", stop);
  if (folder.signal.aborted) stop();
  const writer = await begin(shelf, folder, closing.signal).catch((error) => {
    stop();
    shelf.isOpen = false;
    throw error;
  });
  const files = new FilesOfShelf({ shelf, folder, writer, signal: closing.signal, stop, onClose });
  await files.takeName(name);
  return files;
}

async function begin(shelf: Shelf, folder: FolderParts, signal: AbortSignal): Promise<LineWriter> {
  const { trouble, gate, compress, compressor } = folder;
  const about = { path: shelf.names.current, signal };
  const recovered = await trouble.untilItWorks(() => gate(() => recover({ ...folder, shelf })), about);
  if (compress) for (const file of shelf.rotated) if (!file.isCompressed) compressor.add(shelf, file);
  return createLineWriter(shelf, folder, recovered);
}

interface FilesParts {
  readonly shelf: Shelf;
  readonly folder: FolderParts;
  readonly writer: LineWriter;
  /** What is not written by then is given up. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
  readonly onClose: () => void;
}

/** A class: there are thousands, and an object with a getter of its own has a table of 448 bytes (V8 13.6). */
class FilesOfShelf implements ContainerFiles {
  readonly #parts: FilesParts;
  #checkpointTimer: NodeJS.Timeout | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(parts: FilesParts) {
    this.#parts = parts;
  }

  get position(): LogPosition | undefined {
    return this.#parts.writer.position;
  }

  write(lines: readonly LogLine[]): Promise<void> {
    return this.#inTurn(() => this.#writeAll(lines));
  }

  rename(name: string): Promise<void> {
    const { folder, writer } = this.#parts;
    return this.#inTurn(async () => {
      await this.takeName(safeName(name));
      // At once: whoever looks for the new name looks there, and the next line may be long in coming.
      if (writer.isMade) await folder.gate(() => writer.saveCheckpoint()).catch((error) => this.#said(error));
    });
  }

  removed(): Promise<void> {
    return this.#end(this.#parts.folder.now());
  }

  close(): Promise<void> {
    return this.#end();
  }

  async takeName(name: string): Promise<void> {
    const { shelf, folder, writer } = this.#parts;
    if (shelf.name === name) return;
    shelf.name = name;
    writer.checkpointIsDue();
    if (writer.isMade) await linkNewName(folder.disk, shelf.names, name).catch((error) => this.#said(error));
    else shelf.names = containerNames(folder.dir, name, shelf.id);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #writeAll(lines: readonly LogLine[]) {
    const { shelf, folder, writer, signal } = this.#parts;
    const cursor = { lines, next: 0 };
    const about = { path: shelf.names.current, signal };
    const step = () => folder.gate(() => writer.step(cursor)).catch((error) => this.#dropFile(error));
    while (cursor.next < lines.length) await folder.trouble.untilItWorks(step, about);
    if (folder.format === "raw") await this.#keepCheckpoint();
  }

  async #dropFile(error: unknown): Promise<never> {
    await this.#parts.writer.drop();
    throw error;
  }

  #keepCheckpoint(): Promise<void> | undefined {
    const { folder, writer } = this.#parts;
    const save = () => folder.gate(() => writer.saveCheckpoint()).catch((error) => this.#said(error));
    const dueInMs = writer.checkpointAtMs + RAW_CHECKPOINT_MS - performance.now();
    if (dueInMs <= 0) return save();
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = undefined;
      void this.#inTurn(save);
    }, dueInMs).unref();
    return undefined;
  }

  /** Of what can wait: the next line, or the next start, makes good for it. */
  async #said(error: unknown) {
    const { shelf, folder, writer } = this.#parts;
    logWriteFailed(folder.telemetry, { code: codeOf(error), error: String(error), path: shelf.names.checkpoint });
    await writer.drop();
  }

  async #end(removedAtMs?: number) {
    const { shelf, folder, writer, stop, onClose } = this.#parts;
    stop();
    clearTimeout(this.#checkpointTimer);
    await this.#inTurn(async () => {
      if (!shelf.isOpen) return;
      const about = removedAtMs === undefined ? {} : { removedAtMs };
      await writer.saveCheckpoint(about).catch((error) => this.#said(error));
      await writer.drop();
      shelf.currentModifiedAtMs = folder.now();
      shelf.isOpen = false;
    });
    onClose();
  }
}
