import { logWriteFailed } from "../../telemetry/events/logs.ts";
import type { LogLine, LogPosition } from "../log-line.ts";
import { linkNewName } from "./container-folder.ts";
import { codeOf } from "./disk.ts";
import { containerNames, safeName } from "./file-names.ts";
import type { FolderParts } from "./folder-parts.ts";
import { createLineWriter } from "./line-writer.ts";
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
  const { disk, telemetry, trouble, gate } = folder;
  const closing = new AbortController();
  const abort = () => closing.abort();
  const about = { path: shelf.names.current, signal: closing.signal };
  let checkpointTimer: NodeJS.Timeout | undefined;
  let lastTurn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => {});
    return turn;
  }

  async function begin() {
    folder.signal.addEventListener("abort", abort);
    if (folder.signal.aborted) abort();
    try {
      const recovered = await trouble.untilItWorks(() => gate(() => recover({ ...folder, shelf })), about);
      if (folder.compress) {
        for (const file of shelf.rotated) if (!file.isCompressed) folder.compressor.add(shelf, file);
      }
      return createLineWriter(shelf, folder, recovered);
    } catch (error) {
      folder.signal.removeEventListener("abort", abort);
      shelf.isOpen = false;
      throw error;
    }
  }

  async function writeAll(lines: readonly LogLine[]) {
    const cursor = { lines, next: 0 };
    const step = () => gate(() => writer.step(cursor)).catch(dropFile);
    while (cursor.next < lines.length) await trouble.untilItWorks(step, about);
    if (folder.format === "raw") await keepCheckpoint();
  }

  async function dropFile(error: unknown): Promise<never> {
    await writer.drop();
    throw error;
  }

  function keepCheckpoint() {
    const dueInMs = writer.checkpointAtMs + RAW_CHECKPOINT_MS - performance.now();
    if (dueInMs <= 0) return gate(() => writer.saveCheckpoint()).catch(said);
    checkpointTimer ??= setTimeout(() => {
      checkpointTimer = undefined;
      void inTurn(() => gate(() => writer.saveCheckpoint()).catch(said));
    }, dueInMs).unref();
  }

  /** Of what can wait: the next line, or the next start, makes good for it. */
  async function said(error: unknown) {
    logWriteFailed(telemetry, { code: codeOf(error), error: String(error), path: shelf.names.checkpoint });
    await writer.drop();
  }

  async function takeName(newName: string) {
    if (shelf.name === newName) return;
    shelf.name = newName;
    writer.checkpointIsDue();
    if (writer.isMade) await linkNewName(disk, shelf.names, newName).catch(said);
    else shelf.names = containerNames(folder.dir, newName, shelf.id);
  }

  async function end(removedAtMs?: number) {
    folder.signal.removeEventListener("abort", abort);
    closing.abort();
    clearTimeout(checkpointTimer);
    await inTurn(async () => {
      if (!shelf.isOpen) return;
      await writer.saveCheckpoint(removedAtMs === undefined ? {} : { removedAtMs }).catch(said);
      await writer.drop();
      shelf.currentModifiedAtMs = folder.now();
      shelf.isOpen = false;
    });
    onClose();
  }

  shelf.isOpen = true;
  const writer = await begin();
  await takeName(name);
  return {
    get position() {
      return writer.position;
    },
    write: (lines) => inTurn(() => writeAll(lines)),
    rename: (newName) =>
      inTurn(async () => {
        await takeName(safeName(newName));
        // At once: whoever looks for the new name looks there, and the next line may be long in coming.
        if (writer.isMade) await gate(() => writer.saveCheckpoint()).catch(said);
      }),
    removed: () => end(folder.now()),
    close: () => end(),
  };
}
