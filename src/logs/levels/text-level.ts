import {
  BYTE,
  bytesOf,
  DOUBLE_QUOTE,
  ESCAPE,
  isBlank,
  isDigit,
  isUpperLetter,
  KINDS,
  startsWith,
  WORD,
} from "./bytes.ts";
import { closingQuote } from "./json-level.ts";
import { letterLevel } from "./letter-level.ts";
import type { Level } from "./level.ts";
import { LEVEL_WORDS, type LevelWord } from "./level-words.ts";
import { beginsMessage } from "./message-start.ts";
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
      if (start === from && line[i] === BYTE.equals) limit = Math.min(end, from + MAX_PAIRS_BYTES);
      let level: Level | undefined;
      if (line[i] === BYTE.equals) level = pairLevel({ line, from, start, end: i, limit });
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
  const before = start === from ? BYTE.space : (line[start - 1] as number);
  if (!isBlank(before) && !BEFORE_KEY.has(before)) return undefined;
  let first = end + 1;
  if (line[first] === BYTE.quote || line[first] === BYTE.openSquare) first++;
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
  if (line[after] === BYTE.closeSquare) {
    if (line[before] === BYTE.colon || line[before] === BYTE.slash) return true;
    return line[before] === BYTE.openSquare && (before === from || KINDS[line[before - 1] as number] !== WORD);
  }
  if (line[after] !== BYTE.closeAngle || line[before] !== BYTE.openAngle) return false;
  return before > from && isBlank(line[before - 1] as number) && isEndOrBlank(line, after + 1, limit);
}

/** `error: …` where a message begins; capitals may be followed by anything (Python's `ERROR:root:…`). */
function isPrefix(place: Place): boolean {
  const { line, start, limit } = place;
  const end = endOfPhrase(place);
  if (line[end] !== BYTE.colon) return false;
  const isBare = isUpperLetter(line[start] as number) && isUpperLetter(line[place.end - 1] as number);
  return (
    (isBare || isEndOrBlank(line, end + 1, limit)) && (isSetApart(place) || beginsMessage(line, place.from, start))
  );
}

/** By more than one blank, as SQL Server's `spid7s      Error: …`. */
function isSetApart({ line, from, start }: Place): boolean {
  return start >= from + 2 && isBlank(line[start - 1] as number) && isBlank(line[start - 2] as number);
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
    line[end] === BYTE.tab ||
    COLUMN_STARTS.has(next) ||
    (line[start - 1] === BYTE.colon && isDigit(next)) ||
    followsNpm(place);
  return isApart && beginsMessage(line, place.from, place.start);
}

function followsNpm({ line, from, start }: Place): boolean {
  return start - from >= 4 && startsWith(line, start - 4, start, "npm ");
}

function isCapitals(place: Place, { isWeak }: LevelWord): boolean {
  const { line, from, start, end, limit } = place;
  for (let i = start; i < end; i++) if ((line[i] as number) >= 0x61) return false;
  const before = start === from ? BYTE.space : (line[start - 1] as number);
  const after = end >= limit ? BYTE.space : (line[end] as number);
  // Monolog's `app.ERROR:`, and Erlang's `=ERROR REPORT====`.
  if (before === BYTE.dot) return after === BYTE.colon;
  if (before === BYTE.equals) return start === from + 1;
  // logrus on a terminal: `INFO[0001] …`.
  if (after === BYTE.openSquare) return start === from && isDigit(line[end + 1] as number);
  if (!(isBlank(before) || BEFORE_CAPITALS.has(before)) || !(isBlank(after) || AFTER_CAPITALS.has(after))) return false;
  return !isWeak || (isBlank(after) && start > from && beginsMessage(line, place.from, place.start));
}

function isEndOrBlank(line: Buffer, at: number, limit: number): boolean {
  return at >= limit || isBlank(line[at] as number);
}

const BEFORE_KEY = bytesOf(",.{[(|");
const COLUMN_STARTS = bytesOf(" -|[({");
const BEFORE_CAPITALS = bytesOf("[(|:,{<*");
const AFTER_CAPITALS = bytesOf("])|:,}>*!/");
