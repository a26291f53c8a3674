import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** The text that a program left, or what is wrong with it, as the end of a sentence that begins with the program. */
export type MetricsText = { readonly text: string } | { readonly problem: string };

/** Waits for no pipe, follows no link, and reads nothing of a file that is too large. */
export async function readMetrics(path: string, maxBytes: number): Promise<MetricsText> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return unreadable(error);
  }
  try {
    return await readFrom(file, maxBytes);
  } catch (error) {
    return unreadable(error);
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, maxBytes: number): Promise<MetricsText> {
  const found = await file.stat();
  const { size } = found;
  if (!found.isFile()) return { problem: "left something that is no file where METRICS_FILE names one" };
  if (size <= maxBytes) return textOf(await readWhole(file, size));
  return { problem: `wrote ${size} bytes of metrics, more than the ${maxBytes} that it may (programs.maxMetricsSize)` };
}

function unreadable(error: unknown): MetricsText {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return { problem: "left no file where METRICS_FILE names one" };
  if (code === "ELOOP") return { problem: "left a link where METRICS_FILE names a file" };
  return { problem: `left a file of metrics that can't be read: ${code ?? message}` };
}

async function readWhole(file: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(buffer, length, size - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function textOf(bytes: Buffer): MetricsText {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { problem: "wrote metrics that are no UTF-8" };
  }
}
