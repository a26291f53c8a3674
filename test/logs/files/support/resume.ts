import type { LogLine, LogPosition } from "../../../../src/logs/log-line.ts";

/** What an engine that holds all lines has after the position: the plain form of what `logs/resume` does in a stream. */
export function linesAfter(lines: readonly LogLine[], position: LogPosition | undefined): LogLine[] {
  if (!position) return [...lines];
  let count = 0;
  const index = lines.findIndex(
    ({ time, stream }) => time === position.time && stream === position.stream && ++count === position.count,
  );
  if (index === -1) throw new Error(`No line is at ${JSON.stringify(position)}`);
  return lines.slice(index + 1);
}
