import { DOUBLE_QUOTE, ESCAPE, isBlank, isDigit, isUpperLetter, KINDS, startsWith, WORD } from "./bytes.ts";
import { closingQuote } from "./json-level.ts";
import type { Level } from "./level.ts";
import { LEVEL_WORDS, type LevelWord, levelOfLetter } from "./level-words.ts";
import { createWordTable } from "./word-table.ts";

/** The line is coloured: its escape sequences must be taken out before it can be read. */
export const COLOURED = "coloured";

/**
 * The level of a line of text: the first word in it that stands where a level stands. That is: `level=word`, `[word]`,
 * `word:` or the like behind what comes before a message, or a word in capitals. What is within double quotes is data.
 */
export function textLevel(line: Buffer, from: number, end: number): Level | typeof COLOURED | undefined {
  if (startsWith(line, from, end, "at ") && from > 0) return undefined;
  let limit = Math.min(end, from + MAX_TEXT_BYTES);
  let i = from;
  while (i < limit) {
    const kind = KINDS[line[i] as number];
    if (kind === WORD) {
      const start = i++;
      while (i < limit && KINDS[line[i] as number] === WORD) i++;
      // A line that begins with a pair is made of pairs, and the level's may come late.
      if (start === from && line[i] === EQUALS) limit = Math.min(end, from + MAX_PAIRS_BYTES);
      let level: Level | undefined;
      if (line[i] === EQUALS) level = pairLevel({ line, from, start, end: i, limit });
      else if (i - start === 1) level = letterLevel(line, from, start);
      else {
        const word = LEVEL_WORDS.find(line, start, i);
        if (word !== undefined) level = wordLevel({ line, from, start, end: i, limit }, word);
      }
      if (level !== undefined) return level;
    } else if (kind === DOUBLE_QUOTE) {
      const close = closingQuote(line, i + 1, limit);
      if (close < 0) return undefined;
      i = close + 1;
    } else if (kind === ESCAPE) return COLOURED;
    else i++;
  }
  return undefined;
}

const MAX_TEXT_BYTES = 256;
const MAX_PAIRS_BYTES = 1024;

/** A word of a line, and how far both reach. */
interface Place {
  readonly line: Buffer;
  readonly from: number;
  readonly start: number;
  readonly end: number;
  readonly limit: number;
}

function wordLevel(place: Place, word: LevelWord): Level | undefined {
  const stands = isInBrackets(place) || isPrefix(place) || isColumn(place, word) || isCapitals(place, word);
  return stands ? word.level : undefined;
}

/** `level=error`, `lvl="error"`, `log.level=error` … */
function pairLevel({ line, from, start, end, limit }: Place): Level | undefined {
  if (KEYS.find(line, start, end) === undefined) return undefined;
  const before = start === from ? SPACE : (line[start - 1] as number);
  if (!isBlank(before) && !BEFORE_KEY.has(before)) return undefined;
  let first = end + 1;
  if (line[first] === QUOTE || line[first] === OPEN_SQUARE) first++;
  let last = first;
  while (last < limit && KINDS[line[last] as number] === WORD) last++;
  return LEVEL_WORDS.find(line, first, last)?.level;
}

const KEYS = createWordTable({
  level: true,
  lvl: true,
  severity: true,
  loglevel: true,
  levelname: true,
});

/**
 * `[error]`, `[ WARN ]`, Apache's `[core:error]`, `[main/INFO]`, and ClickHouse's ` <Error> `, which XML's `<error>` is not;
 * not `map[error]`.
 */
function isInBrackets({ line, from, start, end, limit }: Place): boolean {
  let before = start - 1;
  while (before > from && isBlank(line[before] as number)) before--;
  let after = end;
  while (after < limit && isBlank(line[after] as number)) after++;
  if (line[after] === CLOSE_SQUARE) {
    if (line[before] === COLON || line[before] === SLASH) return true;
    return line[before] === OPEN_SQUARE && (before === from || KINDS[line[before - 1] as number] !== WORD);
  }
  if (line[after] !== CLOSE_ANGLE || line[before] !== OPEN_ANGLE) return false;
  return before > from && isBlank(line[before - 1] as number) && isEndOrBlank(line, after + 1, limit);
}

/** `error: …` where a message begins; capitals may be followed by anything (Python's `ERROR:root:…`). */
function isPrefix(place: Place): boolean {
  const { line, start, limit } = place;
  const end = endOfPhrase(place);
  if (line[end] !== COLON) return false;
  const isBare = isUpperLetter(line[start] as number) && isUpperLetter(line[place.end - 1] as number);
  return (isBare || isEndOrBlank(line, end + 1, limit)) && beginsMessage(place);
}

/** PHP, Go and compilers write `Fatal error:`, PHP `Parse error:`. */
function endOfPhrase({ line, end, limit }: Place): number {
  return startsWith(line, end, limit, " error:") ? end + " error".length : end;
}

/** Set apart as a column: `info  …`, `error - …`, `warn | …`, a tab; `npm error …`. */
function isColumn(place: Place, { isWeak }: LevelWord): boolean {
  const { line, from, start, end, limit } = place;
  if (end >= limit || !isBlank(line[end] as number)) return false;
  if (isWeak && start === from) return false;
  const next = line[end + 1] as number;
  const isApart =
    line[end] === TAB || COLUMN_STARTS.has(next) || (line[start - 1] === COLON && isDigit(next)) || followsNpm(place);
  return isApart && beginsMessage(place);
}

function followsNpm({ line, from, start }: Place): boolean {
  return start - from >= 4 && startsWith(line, start - 4, start, "npm ");
}

function isCapitals(place: Place, { isWeak }: LevelWord): boolean {
  const { line, from, start, end, limit } = place;
  for (let i = start; i < end; i++) if ((line[i] as number) >= 0x61) return false;
  const before = start === from ? SPACE : (line[start - 1] as number);
  const after = end >= limit ? SPACE : (line[end] as number);
  // Monolog's `app.ERROR:`, and Erlang's `=ERROR REPORT====`.
  if (before === DOT) return after === COLON;
  if (before === EQUALS) return start === from + 1;
  if (!(isBlank(before) || BEFORE_CAPITALS.has(before)) || !(isBlank(after) || AFTER_CAPITALS.has(after))) return false;
  return !isWeak || (isBlank(after) && start > from && beginsMessage(place));
}

/** One letter: Jupyter's and others' `[E …`, `[E]`; MongoDB's before 4.4 ` E NETWORK`; capnslog's ` E | `. */
function letterLevel(line: Buffer, from: number, start: number): Level | undefined {
  const level = levelOfLetter(line[start] as number);
  if (level === undefined || start === from) return undefined;
  const [before, after, next, second] = [line[start - 1], line[start + 1], line[start + 2] ?? 0, line[start + 3] ?? 0];
  if (before === OPEN_SQUARE) {
    return after === CLOSE_SQUARE || (after === SPACE && isDigit(next)) ? level : undefined;
  }
  const isColumn =
    next === PIPE || (next === DASH && second === SPACE) || (isUpperLetter(next) && isUpperLetter(second));
  if (before !== SPACE || after !== SPACE || !isColumn) return undefined;
  return isTime(line, from, start - 2) ? level : undefined;
}

/** Whether all that stands before is what programs write before a message, as far as its last word tells. */
function beginsMessage({ line, from, start }: Place): boolean {
  let last = start - 1;
  // A path of names in C++ or Rust.
  if (line[last] === COLON && line[last - 1] === COLON) return false;
  while (last >= from && isBlank(line[last] as number)) last--;
  if (last < from || HEAD_ENDS.has(line[last] as number)) return true;
  if (isTime(line, from, last)) return true;
  const first = startOfToken(line, from, last);
  const length = last - first + 1;
  if (length === 3 && (startsWith(line, first, last + 1, "npm") || startsWith(line, first, last + 1, "PHP")))
    return true;
  if (length > 4 || !isUpperLetter(line[first] as number) || !isUpperLetter(line[last] as number)) return false;
  // A time's zone, AM or PM.
  return first - 2 >= from && isTime(line, from, first - 2);
}

/** Whether the token that ends at `last` begins with a digit, as times, dates and process numbers do. */
function isTime(line: Buffer, from: number, last: number): boolean {
  return isDigit(line[startOfToken(line, from, last)] as number);
}

function startOfToken(line: Buffer, from: number, last: number): number {
  let first = last;
  while (first > from && !isBlank(line[first - 1] as number)) first--;
  return first;
}

function isEndOrBlank(line: Buffer, at: number, limit: number): boolean {
  return at >= limit || isBlank(line[at] as number);
}

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const COLON = 0x3a;
const OPEN_ANGLE = 0x3c;
const EQUALS = 0x3d;
const CLOSE_ANGLE = 0x3e;
const OPEN_SQUARE = 0x5b;
const CLOSE_SQUARE = 0x5d;
const PIPE = 0x7c;

const BEFORE_KEY = bytesOf(",.{[(|");
const COLUMN_STARTS = bytesOf(" -|[({");
const BEFORE_CAPITALS = bytesOf("[(|:,{<*");
const AFTER_CAPITALS = bytesOf("])|:,}>*!/");
/** Of what stands before a message: `name:`, `[…]`, `(…)`, `… -`, `… |`, `… >`. */
const HEAD_ENDS = bytesOf(":])}|->,");

function bytesOf(text: string): ReadonlySet<number> {
  return new Set(Buffer.from(text));
}
