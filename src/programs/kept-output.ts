import type { Readable } from "node:stream";

export interface KeptOutput {
  text(): string;
  /** Reads no further: what writes into the pipe then waits, or is told that nobody reads. */
  close(): void;
}

/** Keeps what a stream tells up to a size, and says once when it is more. */
export function keepOutput(stream: Readable, maxBytes: number, onTooMuch: () => void): KeptOutput {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    if (bytes > maxBytes) return;
    chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
    if (bytes <= maxBytes) return;
    stream.pause();
    onTooMuch();
  });
  // A pipe that breaks has no more to tell.
  stream.on("error", () => undefined);
  return {
    text: () => Buffer.concat(chunks).toString("utf8"),
    close: () => stream.destroy(),
  };
}
