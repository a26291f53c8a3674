import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "..");

/** What bench/receiver.ts had by then. */
export interface Received {
  readonly pushes: number;
  readonly points: number;
  readonly bodyBytes: number;
  readonly plainBytes: number;
  readonly sweepMs: number;
}

export function start(script: string, args: string[]): ChildProcess {
  return spawn(process.execPath, [join(ROOT, script), ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

export async function line(child: ChildProcess, pattern: RegExp): Promise<string> {
  for await (const text of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    if (pattern.test(text)) return text;
  throw new Error("a process of the bench ended early: see above");
}

export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once("message", resolve as (value: unknown) => void));
}

export function received(receiver: ChildProcess, pushes: number): Promise<Received> {
  receiver.send({ pushes });
  return message(receiver);
}

export function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("a process of the bench could not be started");
  return pid;
}

/** The numbers of containers that the command line names. */
export function sizesOr(usual: readonly number[]): readonly number[] {
  const given = process.argv
    .slice(2)
    .map(Number)
    .filter((size) => size > 0);
  return given.length > 0 ? given : usual;
}
