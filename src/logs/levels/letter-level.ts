import { BYTE, isDigit, isUpperLetter } from "./bytes.ts";
import type { Level } from "./level.ts";
import { levelOfLetter } from "./level-words.ts";
import { isTime } from "./message-start.ts";

/**
 * The level that a letter which stands alone tells: Jupyter's and others' `[E …`, `[E]`; after the time MongoDB's before 4.4
 * ` E NETWORK`, capnslog's ` E | `, Telegraf's ` E! `; and apt's `E: ` and `W: `.
 */
export function letterLevel(line: Buffer, from: number, start: number): Level | undefined {
  const level = levelOfLetter(line[start] as number);
  if (level === undefined) return undefined;
  const [after, next = 0, second = 0] = [line[start + 1], line[start + 2], line[start + 3]];
  if (start === from) return isApt(level) && after === BYTE.colon && next === BYTE.space ? level : undefined;
  const before = line[start - 1];
  if (before === BYTE.openSquare) {
    return after === BYTE.closeSquare || (after === BYTE.space && isDigit(next)) ? level : undefined;
  }
  const isColumn =
    after === BYTE.exclamation
      ? next === BYTE.space
      : after === BYTE.space &&
        (next === BYTE.pipe ||
          (next === BYTE.dash && second === BYTE.space) ||
          (isUpperLetter(next) && isUpperLetter(second)));
  return isColumn && before === BYTE.space && isTime(line, from, start - 2) ? level : undefined;
}

function isApt(level: Level): boolean {
  return level === "error" || level === "warning";
}
