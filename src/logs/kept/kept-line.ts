import type { LogLine, LogStream } from "../log-line.ts";

/** How a line stands in a file. Of `raw` nothing is known but its bytes: no time, no stream. */
export type KeptFormat = "cri" | "json" | "raw";

/** The format of a file by its first line, which an agent wrote whole. */
export function formatOfFirst(line: Buffer): KeptFormat {
  if (CRI.test(line.toString("latin1", 0, 64))) return "cri";
  return line.toString("latin1", 0, 8) === '{"log":"' && parsedJson(line) !== undefined ? "json" : "raw";
}

/** A line of a file without its newline. What does not fit its file's format was written by others: bytes alone. */
export function readKeptLine(line: Buffer, format: KeptFormat): LogLine {
  const read = format === "cri" ? parsedCri(line) : format === "json" ? parsedJson(line) : undefined;
  return read ?? { stream: "stdout", time: "", bytes: line, isPart: false };
}

/** `2026-11-21T05:00:00.123456789Z stdout F the line` */
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) (stdout|stderr) ([FP])(?: |$)/;

function parsedCri(line: Buffer): LogLine | undefined {
  const match = CRI.exec(line.toString("latin1", 0, 64));
  if (match === null) return undefined;
  const [head, time, stream, tag] = match as unknown as [string, string, LogStream, string];
  return { stream, time, bytes: line.subarray(head.length), isPart: tag === "P" };
}

/** Docker's json-file form: of a part the text has no newline. */
function parsedJson(line: Buffer): LogLine | undefined {
  try {
    const { log, stream, time } = JSON.parse(line.toString()) as Record<string, unknown>;
    if (typeof log !== "string" || typeof time !== "string" || !isStream(stream)) return undefined;
    const isPart = !log.endsWith("\n");
    return { stream, time, bytes: Buffer.from(isPart ? log : log.slice(0, -1)), isPart };
  } catch {
    return undefined;
  }
}

function isStream(value: unknown): value is LogStream {
  return value === "stdout" || value === "stderr";
}
