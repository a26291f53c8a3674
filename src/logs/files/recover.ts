import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { logCheckpointUnreadable, tornLogLineCut } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { type AppendFile, openAppendFile } from "./append-file.ts";
import { isRealFolder } from "./container-folder.ts";
import { type Disk, isThere } from "./disk.ts";
import { createHeldFromEnd, type HeldFromEnd, type HeldState } from "./held-lines.ts";
import { type LogFormat, recordKey } from "./line-formats.ts";
import { type ReadPart, scanBack } from "./scan-back.ts";
import { type RotatedFile, rotatedPath, type Shelf } from "./shelf.ts";

/** What the files hold at the moment, after a half line at their end was cut off. */
export interface Recovered {
  readonly held: HeldState | undefined;
  /** In which form the current file is written. */
  readonly format: LogFormat;
  readonly sequence: number;
  /** Of the current file; absent: there is none. */
  readonly file?: { readonly identity: string; readonly size: number };
}

interface RecoverOptions {
  readonly disk: Disk;
  readonly shelf: Shelf;
  readonly format: LogFormat;
  readonly fileMode: number;
  readonly telemetry: Telemetry;
}

export async function recover({ disk, shelf, format, fileMode, telemetry }: RecoverOptions): Promise<Recovered> {
  const { checkpoint, names } = shelf;
  const newestRotated = shelf.rotated.at(-1)?.sequence ?? 0;
  const sequence = Math.max(newestRotated + 1, checkpoint?.sequence ?? 0);
  const hasFile = (await isRealFolder(disk, names.folder)) && (await isThere(disk, names.current));
  const isWritten = hasFile || shelf.rotated.length > 0;
  const trouble = shelf.checkpointError ?? (format === "raw" && isWritten && !checkpoint ? "It is missing" : undefined);
  if (trouble !== undefined) logCheckpointUnreadable(telemetry, names.checkpoint, trouble);
  const written = checkpoint?.format ?? format;
  const base = { format: written, sequence };
  if (!hasFile) return { ...base, held: written === "raw" ? checkpoint?.held : await heldOf(shelf) };

  const file = await openAppendFile(disk, names.current, fileMode);
  try {
    // Of an earlier file the checkpoint tells nothing about this one, and neither of one that was emptied since.
    const known = checkpoint?.sequence === sequence ? checkpoint.size : 0;
    const cutBytes = written === "raw" ? await cutRaw(file, checkpoint ? known : file.size) : await file.cutTorn();
    if (cutBytes > 0) tornLogLineCut(telemetry, names.current, cutBytes);
    const start = known <= file.size ? known : 0;
    const held = written === "raw" ? checkpoint?.held : await heldOf(shelf, { file, start });
    shelf.currentBytes = file.size;
    return { ...base, held, file: { identity: file.identity, size: file.size } };
  } finally {
    await file.close();
  }
}

/** Nothing in the bytes tells lines that the checkpoint knows from those after it: these are cut off and come again. */
async function cutRaw(file: AppendFile, known: number): Promise<number> {
  const cutBytes = Math.max(0, file.size - known);
  if (cutBytes > 0) await file.cutTo(known);
  return cutBytes;
}

/** From the newest line back to where the checkpoint was written, or to where earlier lines tell nothing more. */
async function heldOf(shelf: Shelf, current?: { file: AppendFile; start: number }): Promise<HeldState | undefined> {
  const { checkpoint } = shelf;
  const held = createHeldFromEnd();
  const onLine = (line: Buffer) => addLine(held, line);
  if (current) {
    const range = { start: current.start, end: current.file.size };
    if ((await scanBack(current.file.read, range, onLine)) === "enough") return held.state(undefined);
  }
  for (const rotated of shelf.rotated.toReversed()) {
    if (checkpoint && rotated.sequence < checkpoint.sequence) break;
    const { read, size } = await wholeFile(shelf, rotated);
    const start = rotated.sequence === checkpoint?.sequence && checkpoint.size <= size ? checkpoint.size : 0;
    if ((await scanBack(read, { start, end: size }, onLine)) === "enough") return held.state(undefined);
  }
  return held.state(checkpoint?.held);
}

function addLine(held: HeldFromEnd, line: Buffer): "more" | "enough" {
  const key = recordKey(line);
  return key ? held.add(key) : "more";
}

/** Seldom read: only what was rotated after the last checkpoint, or everything when there is none. */
async function wholeFile(shelf: Shelf, file: RotatedFile): Promise<{ read: ReadPart; size: number }> {
  const bytes = await readFile(rotatedPath(shelf, file));
  const content = file.isCompressed ? await promisify(gunzip)(bytes) : bytes;
  return { size: content.length, read: async (offset, length) => content.subarray(offset, offset + length) };
}
