import { isBlank, isDigit, startsWith } from "./bytes.ts";
import type { Level } from "./level.ts";
import { levelOfLetter, levelOfSyslogSeverity } from "./level-words.ts";

/** The level of a line whose first bytes tell its format. */
export function headLevel(line: Buffer, from: number, end: number): Level | undefined {
  const first = line[from] as number;
  if (first === 0x3c) return syslogLevel(line, from, end);
  if (isDigit(first) || first === 0x5b) return redisLevel(line, from, end);
  const letter = FIRST_LETTERS.has(first) ? levelOfLetter(first) : undefined;
  if (letter !== undefined && (isGlog(line, from, end) || isRuby(line, from, end))) return letter;
  if (CRASH_LETTERS.has(first)) {
    for (const { start, level } of CRASHES) if (startsWith(line, from, end, start)) return level;
  }
  return undefined;
}

/** `<11>1 …` of RFC 5424, `<11>Nov …` of RFC 3164, `<3>…` of sd-daemon(3): the number is facility × 8 + severity. */
function syslogLevel(line: Buffer, from: number, end: number): Level | undefined {
  let priority = 0;
  let i = from + 1;
  for (; i < end && i <= from + 3 && isDigit(line[i] as number); i++)
    priority = priority * 10 + (line[i] as number) - 0x30;
  const isPriority = i > from + 1 && line[i] === 0x3e && priority <= MAX_PRIORITY;
  return isPriority ? levelOfSyslogSeverity(priority % 8) : undefined;
}

const MAX_PRIORITY = 191;

const FIRST_LETTERS: ReadonlySet<number> = new Set(Buffer.from("TVDINWECF"));

/** `E1121 05:00:00.123456 …`, from glog 0.5 `E20261121 05:00:00.123456 …`, CockroachDB's `E261121 05:00:00.123456 …`. */
function isGlog(line: Buffer, from: number, end: number): boolean {
  let i = from + 1;
  while (i < end && isDigit(line[i] as number)) i++;
  const digits = i - from - 1;
  return (
    (digits === 4 || digits === 6 || digits === 8) &&
    line[i] === 0x20 &&
    isDigit(line[i + 1] as number) &&
    line[i + 3] === 0x3a
  );
}

/** `E, [2026-11-21T05:00:00.123456 #1] ERROR -- : …` */
function isRuby(line: Buffer, from: number, end: number): boolean {
  return startsWith(line, from + 1, end, ", [");
}

/**
 * `1:M 21 Nov 2026 05:00:00.000 # …`, before Redis 3.0 `[1] 21 Nov 05:00:00.000 # …`: process, role, time, and a character
 * for the level (serverLogRaw, server.c, 2.6 … 8.2; Valkey, KeyDB).
 */
function redisLevel(line: Buffer, from: number, end: number): Level | undefined {
  let i = from;
  let blanks = 0;
  for (; i < end && i < from + MAX_REDIS_HEAD && blanks < 5; i++) {
    if (!isBlank(line[i] as number)) continue;
    blanks++;
    if (blanks === 1 && !isRedisProcess(line, from, i)) return undefined;
    const level = REDIS[String.fromCharCode(line[i + 1] as number)];
    if (blanks >= 4 && level !== undefined && line[i + 2] === 0x20 && line[i - 4] === 0x2e) return level;
  }
  return undefined;
}

const MAX_REDIS_HEAD = 48;
const REDIS: Readonly<Record<string, Level>> = { ".": "debug", "-": "debug", "*": "info", "#": "warning" };

function isRedisProcess(line: Buffer, from: number, end: number): boolean {
  const last = line[end - 1] as number;
  if (line[from] === 0x5b) return last === 0x5d;
  const isRole = last === 0x4d || last === 0x53 || last === 0x43 || last === 0x58;
  return isRole && line[end - 2] === 0x3a;
}

/** How runtimes say that a program ends by what it did not catch: Java, Python, .NET, Rust, Node and PHP, libc. */
const CRASHES: readonly { readonly start: string; readonly level: Level }[] = [
  { start: "Exception in thread ", level: "error" },
  { start: "Traceback (most recent call last)", level: "error" },
  { start: "Unhandled exception", level: "critical" },
  { start: "Uncaught ", level: "error" },
  { start: "Segmentation fault", level: "critical" },
  { start: "thread '", level: "critical" },
];
const CRASH_LETTERS: ReadonlySet<number> = new Set(CRASHES.map(({ start }) => start.charCodeAt(0)));
