import { createReadStream, createWriteStream } from "node:fs";
import { rename, stat, utimes } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { compressionFailed } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { REAL_DISK, removeFile } from "./disk.ts";
import type { RotatedFile, Shelf, Usage } from "./shelf.ts";

/** Compresses rotated files one after the other, in zlib's own thread. */
export interface Compressor {
  add(shelf: Shelf, file: RotatedFile): void;
  /** Resolves when nothing is left to be done. */
  idle(): Promise<void>;
  /** Gives up what is under way; the next start takes it up again. */
  close(): Promise<void>;
}

interface CompressorOptions {
  readonly usage: Usage;
  readonly fileMode: number;
  readonly telemetry: Telemetry;
}

export function createCompressor({ usage, fileMode, telemetry }: CompressorOptions): Compressor {
  const closing = new AbortController();
  let tail: Promise<void> = Promise.resolve();

  async function compress(shelf: Shelf, file: RotatedFile) {
    if (file.isRemoved || closing.signal.aborted) return;
    const source = shelf.names.rotated(file.sequence);
    const beside = `${source}.gz.tmp`;
    try {
      const { atime, mtime } = await stat(source);
      const output = createWriteStream(beside, { mode: fileMode, flush: true });
      await pipeline(createReadStream(source), createGzip(), output, { signal: closing.signal });
      await utimes(beside, atime, mtime);
      if (!file.isRemoved) await replace(file, { source, beside });
    } catch (error) {
      const isExpected = file.isRemoved || closing.signal.aborted;
      if (!isExpected) compressionFailed(telemetry, source, error instanceof Error ? error.message : String(error));
    }
    await removeFile(REAL_DISK, beside).catch(() => {});
  }

  /** From the rename on the compressed file counts: a kill before the removal leaves both, and the next start removes one. */
  async function replace(file: RotatedFile, { source, beside }: { source: string; beside: string }) {
    const { size } = await stat(beside);
    await rename(beside, `${source}.gz`);
    if (file.isRemoved) return removeFile(REAL_DISK, `${source}.gz`);
    usage.bytes += size - file.bytes;
    file.bytes = size;
    file.isCompressed = true;
    await removeFile(REAL_DISK, source);
  }

  return {
    add(shelf, file) {
      tail = tail.then(() => compress(shelf, file));
    },
    idle: () => tail,
    async close() {
      closing.abort();
      await tail;
    },
  };
}
