import assert from "node:assert/strict";
import { type KeptLines, keptLines } from "./kept-lines.ts";
import { mayBeInPieces, type Printer } from "./printer.ts";
import type { Victim } from "./victim.ts";

/** Or, where the driver removes old lines, the last of each stream. */
export function isAllKept(dir: string, { id, expected, removesOld }: Printer): boolean {
  const kept = keptLines(dir, id);
  if (removesOld) return STREAMS.every((stream) => kept[stream].at(-1) === expected[stream].at(-1));
  return kept.stdout.length >= expected.stdout.length && kept.stderr.length >= expected.stderr.length;
}

export function assertIsWhole(printer: Printer, pump: Victim) {
  assert.deepEqual(shortened(keptLines(pump.dir, printer.id)), shortened(printer.expected));
  assert.ok(!isLackTold(printer, pump), `${printer.name} has all of its lines, and some are told to be gone`);
}

export function assertEndsAsItShould({ id, expected }: Printer, { dir }: Victim) {
  const kept = keptLines(dir, id);
  const lastOf = ({ stdout, stderr }: KeptLines) => [stdout.at(-1), stderr.at(-1)];
  assert.deepEqual(lastOf(kept), lastOf(expected));
}

/** Of one that was removed at any moment: how it began, in its order; lines lack between others only where that was told. */
export function assertIsWhatWasLeft(printer: Printer, pump: Victim) {
  const { id, name, expected } = printer;
  // What a follow passes over and is removed then, nothing shows; nor what the driver removed before the first look.
  const mayLack = isLackTold(printer, pump) || printer.wasPassedOver || printer.removesOld;
  const left = mayLack ? leftOfMany : leftOfBeginning;
  const kept = keptLines(pump.dir, id);
  const stdout = left(kept.stdout, expected.stdout);
  const stderr = left(kept.stderr, expected.stderr);
  const about = `${name} ${id}: lines ${mayLack ? "may" : "must not"} lack`;
  assert.deepEqual(
    shortened({ stdout: stdout.kept, stderr: stderr.kept }),
    shortened({ stdout: stdout.printed, stderr: stderr.printed }),
    about,
  );
}

interface Left {
  readonly kept: readonly string[];
  readonly printed: readonly string[];
}

/** A line in pieces may have been removed in the middle of them. */
function leftOfBeginning(kept: readonly string[], lines: readonly string[]): Left {
  const printed = lines.slice(0, kept.length);
  const [last = "", line = ""] = [kept.at(-1), printed.at(-1)];
  return { kept, printed: last !== "" && line.startsWith(last) ? [...printed.slice(0, -1), last] : printed };
}

/** Of a line in pieces each piece may lack, and the last may have been under way. */
function leftOfMany(kept: readonly string[], lines: readonly string[]): Left {
  const whole = kept.filter((line) => !mayBeInPieces(line));
  const printed: string[] = [];
  for (const line of lines) {
    const next = whole[printed.length];
    if (next === undefined) break;
    const isLast = printed.length === whole.length - 1;
    if (line === next || (isLast && next !== "" && line.startsWith(next))) printed.push(next);
  }
  return { kept: whole, printed };
}

const STREAMS = ["stdout", "stderr"] as const;

export function isLackTold({ id }: Printer, { said }: Victim): boolean {
  return said.some((line) => LACK.test(line) && line.includes(id));
}

const LACK = /^(Lines of a container's log were gone|Container was removed (again )?before its log could be read)/;

function shortened(lines: Record<"stdout" | "stderr", readonly string[]>) {
  return { stdout: lines.stdout.map(short), stderr: lines.stderr.map(short) };
}

/** So that a difference can be read. */
function short(line: string): string {
  return line.length > 60 ? `${line.slice(0, 40)}… ${line.length} characters` : line;
}
