import { isBlank } from "./bytes.ts";
import { headLevel } from "./head-level.ts";
import { jsonLevel } from "./json-level.ts";
import type { Level } from "./level.ts";
import { COLOURED, textLevel } from "./text-level.ts";
import { withoutEscapes } from "./without-escapes.ts";

/** Strings and objects before the level are passed over, so this may reach further than in a text. */
const MAX_JSON_BYTES = 4096;
/** As far as pairs are read: `textLevel` stops earlier at other lines. */
const MAX_BYTES = 1024;
/** One for all lines: a new one for each would be most of what a coloured line costs. */
const PLAIN = Buffer.alloc(MAX_BYTES);

/** The level that a line tells by its form, if it does. Only its first bytes are looked at. */
export function lineLevel(line: Buffer): Level | undefined {
  const level = levelWithin(line, line.length);
  if (level !== COLOURED) return level;
  const found = levelWithin(PLAIN, withoutEscapes(line, Math.min(line.length, MAX_BYTES), PLAIN));
  return found === COLOURED ? undefined : found;
}

function levelWithin(line: Buffer, length: number): Level | typeof COLOURED | undefined {
  let from = 0;
  while (from < length && from < MAX_BYTES && isBlank(line[from] as number)) from++;
  if (from >= length) return undefined;
  if (isObject(line, from, length)) return jsonLevel(line, from, Math.min(length, from + MAX_JSON_BYTES));
  const end = Math.min(length, from + MAX_BYTES);
  return headLevel(line, from, end) ?? textLevel(line, from, end);
}

/** Of JSON, which an opening brace alone does not make. */
function isObject(line: Buffer, from: number, end: number): boolean {
  if (line[from] !== 0x7b) return false;
  let i = from + 1;
  while (i < end && isBlank(line[i] as number)) i++;
  return line[i] === 0x22;
}
