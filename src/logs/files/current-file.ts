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
  const { disk, telemetry, usage } = folder;
  let known = recovered;
  let open: AppendFile | undefined;
  let looked = { atMs: 0, size: 0 };
  let rescued: Buffer | undefined;
  let is: "known" | "new" = "known";

  async function opened(): Promise<AppendFile> {
    await folder.lock.hold();
    await makeContainerFolder(disk, shelf.names.folder, folder.folderMode);
    const file = await openAppendFile(disk, shelf.names.current, folder.fileMode);
    try {
      if (known?.identity === file.identity && file.size >= known.size) {
        if (file.size > known.size) await file.cutTo(known.size);
      } else {
        await file.cutTorn();
        if (known) logFileReplaced(telemetry, shelf.names.current);
        is = "new";
      }
    } catch (error) {
      await file.close();
      throw error;
    }
    noteSize(file);
    looked = { atMs: performance.now(), size: file.size };
    return file;
  }

  function noteSize({ identity, size }: AppendFile) {
    known = { identity, size };
    usage.bytes += size - shelf.currentBytes;
    shelf.currentBytes = size;
  }

  async function look(): Promise<boolean> {
    if (!open) return false;
    const isKept = (await open.state()) === "kept";
    if (!isKept) await drop();
    else looked = { atMs: performance.now(), size: open.size };
    return isKept;
  }

  /** Lines that went with a file which was removed since it was last looked after: its handle still gives them. */
  async function rescue(file: AppendFile) {
    if (known?.identity !== file.identity || known.size <= looked.size) return;
    if ((await file.state()) === "removed") rescued = await file.read(looked.size, known.size - looked.size);
  }

  async function drop() {
    const dropped = open;
    open = undefined;
    if (!dropped) return;
    await rescue(dropped).catch(() => {});
    // What a failed disk says at closing changes nothing.
    await dropped.close().catch(() => {});
  }

  async function append(file: AppendFile, { bytes, ends }: Batch, onLanded: (lines: number, bytes: number) => void) {
    const start = file.size;
    try {
      await file.append(bytes);
    } catch (error) {
      const arrivedBytes = error instanceof AppendError ? error.arrivedBytes : 0;
      const landed = ends.filter((end) => end <= arrivedBytes).length;
      const landedBytes = ends[landed - 1] ?? 0;
      known = { identity: file.identity, size: start + landedBytes };
      onLanded(landed, landedBytes);
      // Half a line gives its room back at once; where that fails too, the next opening cuts it off.
      await file.cutTo(start + landedBytes).catch(() => {});
      throw error;
    }
    noteSize(file);
    onLanded(ends.length, bytes.length);
  }

  return {
    get isMade() {
      return known !== undefined;
    },
    get open() {
      return open;
    },
    async ready() {
      is = "known";
      if (open) {
        const writtenBytes = open.size - looked.size;
        if (performance.now() - looked.atMs >= LOOK_EVERY_MS || writtenBytes >= LOOK_EVERY_BYTES) await look();
      }
      open ??= await opened();
      if (rescued) {
        await append(open, { bytes: rescued, ends: [rescued.length] }, () => {});
        rescued = undefined;
      }
      return { file: open, is };
    },
    look,
    append(batch, onLanded) {
      if (!open) throw new Error("Nothing is appended to a file that is not ready");
      return append(open, batch, onLanded);
    },
    drop,
    async forget() {
      known = undefined;
      shelf.currentBytes = 0;
      await drop();
    },
  };
}
