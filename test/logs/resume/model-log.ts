import { createLineAssembler } from "../../../src/logs/lines.ts";
import type { LogLine, LogPiece, LogPosition, LogStream } from "../../../src/logs/log-line.ts";
import { timeAt } from "../log-bytes.ts";

const FULL = Buffer.alloc(16_384, "x");
export const MAX_LINE_BYTES = 40_000;

/** A container's log as the engine holds it: both streams, inversions between them, equal times, long lines, cut ones. */
export function modelLog(
  random: () => number,
  {
    entries,
    wholeSeconds = false,
    equalTimes = true,
  }: { entries: number; wholeSeconds?: boolean; equalTimes?: boolean },
) {
  const pieces: LogPiece[] = [];
  const newest: { [Stream in LogStream]: number } = { stdout: 0, stderr: 0 };
  /** What is left of a long line of each stream, with its time. */
  const long: { [Stream in LogStream]?: { time: string; full: number } | undefined } = {};
  // Of some containers one stream is rare, and some write faster than the streams' order is kept.
  const share = random() < 0.3 ? 0.02 : 0.5;
  const stepNs = 10 ** (3 + 6 * random());
  let now = 1e9;
  for (let number = 0; pieces.length < entries; number++) {
    now += Math.floor(random() * stepNs);
    const stream = random() < share ? "stderr" : "stdout";
    const open = long[stream];
    if (open) {
      open.full -= 1;
      const isLast = open.full < 0;
      const bytes = isLast ? Buffer.from(`end of ${number}`) : FULL;
      pieces.push({ stream, time: open.time, bytes, isEnded: isLast && random() < 0.8 });
      if (isLast) long[stream] = undefined;
      continue;
    }
    if (!equalTimes) newest[stream] += 1;
    if (random() < 0.9) newest[stream] = Math.max(newest[stream], now - Math.floor(random() * 10e6));
    const time = timeAt(wholeSeconds ? Math.floor(newest[stream] / 1e9) * 1e9 : newest[stream]);
    if (random() < 0.05 && !wholeSeconds) {
      newest[stream] += 1;
      const own = timeAt(newest[stream]);
      long[stream] = { time: own, full: Math.floor(random() * 6) };
      pieces.push({ stream, time: own, bytes: FULL, isEnded: false });
      newest[stream] += 1;
    } else pieces.push({ stream, time, bytes: Buffer.from(`line ${number}`), isEnded: random() < 0.95 });
  }
  return pieces;
}

export function assemble(pieces: readonly LogPiece[]): LogLine[] {
  return createLineAssembler({ tty: false, maxLineBytes: MAX_LINE_BYTES }).push(pieces);
}

/** Where somebody is who holds all of these lines: counted from the beginning of the log. */
export function positionAfter(lines: readonly LogLine[]): LogPosition | undefined {
  const last = lines.at(-1);
  if (!last) return undefined;
  const newestOf = (stream: LogStream) =>
    lines
      .filter((line) => line.stream === stream)
      .map(({ time }) => time)
      .sort()
      .at(-1);
  const count = lines.filter(({ time, stream }) => time === last.time && stream === last.stream).length;
  const newest = { stdout: newestOf("stdout"), stderr: newestOf("stderr") };
  return { time: last.time, stream: last.stream, count, newest };
}

export function linesAsText(lines: readonly LogLine[]): string[] {
  return lines.map(({ stream, time, bytes, isPart }) => {
    const text = bytes.length > 40 ? `${bytes.length} bytes` : bytes.toString();
    return `${stream} ${time} ${text}${isPart ? " +" : ""}`;
  });
}

/** "out 5 a": stdout, at 5 s, "a"; with a "+" at its end a part. */
export function linesOf(texts: readonly string[]): LogLine[] {
  return texts.map((text) => {
    const [stream, seconds, word = ""] = text.split(" ");
    const time = timeAt(Math.round(Number(seconds) * 1e9));
    return {
      stream: stream === "out" ? "stdout" : "stderr",
      time,
      bytes: Buffer.from(word),
      isPart: word.endsWith("+"),
    };
  });
}
