import { isBlank, isDigit } from "./bytes.ts";
import type { Level } from "./level.ts";
import { LEVEL_WORDS, levelOfLetter } from "./level-words.ts";
import { createWordTable } from "./word-table.ts";

/**
 * The level of a line that is a JSON object, by the first of its own keys that has one. Objects within it, and what is
 * within strings, do not count, but for ECS's `log: { level }`. A broken or cut object is read as far as it goes.
 */
export function jsonLevel(line: Buffer, from: number, end: number): Level | undefined {
  let depth = 0;
  let isInLog = false;
  for (let i = from; i < end; i++) {
    switch (line[i]) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        depth++;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        if (--depth === 0) return undefined;
        if (depth === 1) isInLog = false;
        break;
      case QUOTE: {
        const close = closingQuote(line, i + 1, end);
        if (close < 0) return undefined;
        const keyStart = i + 1;
        i = close;
        if (depth !== 1 && !(depth === 2 && isInLog)) break;
        const colon = afterBlanks(line, close + 1, end);
        if (line[colon] !== COLON) break;
        const kind = KEYS.find(line, keyStart, close);
        i = colon;
        if (kind === undefined) break;
        const valueAt = afterBlanks(line, colon + 1, end);
        if (kind === "log") isInLog = depth === 1 && line[valueAt] === OPEN_OBJECT;
        else {
          const level = valueLevel({ line, start: valueAt, end, kind, from });
          if (level !== undefined) return level;
        }
        i = valueAt - 1;
      }
    }
  }
  return undefined;
}

type KeyKind = "level" | "OpenTelemetry number" | "MongoDB letter" | "log";

/**
 * pino, bunyan, zap, logrus and most others; Google Cloud; ECS; InfluxDB; hclog; Serilog; .NET; python-json-logger; Monolog;
 * PostgreSQL; OpenTelemetry; MongoDB 4.4 and later.
 */
const KEYS = createWordTable<KeyKind>({
  level: "level",
  lvl: "level",
  severity: "level",
  "log.level": "level",
  "@l": "level",
  "@level": "level",
  loglevel: "level",
  log_level: "level",
  levelname: "level",
  level_name: "level",
  error_severity: "level",
  severitytext: "level",
  severity_text: "level",
  severitynumber: "OpenTelemetry number",
  severity_number: "OpenTelemetry number",
  s: "MongoDB letter",
  log: "log",
});

interface Value {
  readonly line: Buffer;
  readonly start: number;
  readonly end: number;
  readonly kind: KeyKind;
  /** Where the object begins. */
  readonly from: number;
}

function valueLevel({ line, start, end, kind, from }: Value): Level | undefined {
  const isString = line[start] === QUOTE;
  const first = isString ? start + 1 : start;
  let last = first;
  if (isString) last = closingQuote(line, first, end);
  else while (last < end && isDigit(line[last] as number)) last++;
  if (last < 0 || last === first) return undefined;
  if (kind === "MongoDB letter") {
    // Its lines begin with the time, {"t":{"$date": …; elsewhere "s" is anything.
    const isMongo = line[from + 1] === QUOTE && line[from + 2] === LETTER_T && line[from + 3] === QUOTE;
    return isMongo && last - first <= 2 ? levelOfLetter(line[first] as number) : undefined;
  }
  if (isDigit(line[first] as number)) return line[last] === DOT ? undefined : numberLevel(line, first, last, kind);
  while (last > first && isBlank(line[last - 1] as number)) last--;
  return LEVEL_WORDS.find(line, first, last)?.level;
}

function numberLevel(line: Buffer, start: number, end: number, kind: KeyKind): Level | undefined {
  if (end - start > 3) return undefined;
  let number = 0;
  for (let i = start; i < end; i++) number = number * 10 + (line[i] as number) - DIGIT_0;
  return kind === "OpenTelemetry number" ? OTEL[Math.ceil(number / 4) - 1] : NUMBERS.get(number);
}

/** OpenTelemetry's log data model 1.0: four numbers for each, from 1. */
const OTEL: readonly Level[] = ["trace", "debug", "info", "warning", "error", "critical"];

/** Tens are pino's and bunyan's, hundreds Monolog's; what is below ten says something else in each program. */
const NUMBERS: ReadonlyMap<number, Level> = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warning"],
  [50, "error"],
  [60, "critical"],
  [100, "debug"],
  [200, "info"],
  [250, "info"],
  [300, "warning"],
  [400, "error"],
  [500, "critical"],
  [550, "critical"],
  [600, "critical"],
]);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const LETTER_T = 0x74;

/** Where the string that begins at `from` ends, or -1. */
export function closingQuote(line: Buffer, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const byte = line[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i++;
  }
  return -1;
}

function afterBlanks(line: Buffer, from: number, end: number): number {
  let i = from;
  while (i < end && isBlank(line[i] as number)) i++;
  return i;
}
