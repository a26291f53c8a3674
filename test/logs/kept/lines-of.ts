import type { LogLine, LogStream } from "../../../src/logs/log-line.ts";

/** A second of 2026-11-21T05:00 as a line's time: 7.25 → "2026-11-21T05:00:07.250000000Z". */
export function at(second: number): string {
  return `2026-11-21T05:00:${second.toFixed(9).padStart(12, "0")}Z`;
}

export function line(second: number, text: string, more: { stream?: LogStream; isPart?: boolean } = {}): LogLine {
  return { stream: "stdout", isPart: false, time: at(second), bytes: Buffer.from(text), ...more };
}

/** "7 stdout hello", and "7 stdout hell…" of a part: short to compare. */
export function shortly(lines: Iterable<LogLine>): string[] {
  return [...lines].map(({ time, stream, bytes, isPart }) => {
    const second = time === "" ? "-" : String(Number(time.slice(17, -1)));
    return `${second} ${stream} ${bytes}${isPart ? "…" : ""}`;
  });
}
