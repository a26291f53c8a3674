import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Program } from "../../src/programs/program.ts";
import { createProgramRunner, type ProgramRunner, type RunnerOptions } from "../../src/programs/program-runner.ts";
import { eventually } from "../support/eventually.ts";

/** Longer than any machine takes for what the tests ask of a program. */
const LONG_MS = 120_000;

/** A program of some lines of shell, which gets a client's arguments as $1 and so on. */
export function shellProgram(script: string, fields: Partial<Program> = {}): Program {
  return {
    name: "test",
    command: "/bin/sh",
    arguments: ["-c", script, "sh"],
    environment: {},
    timeLimitMs: LONG_MS,
    clientArguments: [],
    ...fields,
  };
}

export function testRunner(t: TestContext, options: Partial<RunnerOptions> = {}): ProgramRunner {
  const runner = createProgramRunner({
    workers: 2,
    queue: 2,
    stopMs: 50,
    maxOutputBytes: 64 * 1024,
    maxMetricsBytes: 1024 * 1024,
    environment: { PATH: process.env.PATH },
    ...options,
  });
  t.after(() => runner.stop());
  return runner;
}

export const NEVER = new AbortController().signal;

export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tallyman-test-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** However slow the machine is. */
export function comesTrue(condition: () => boolean): Promise<unknown> {
  return eventually(condition, { withinMs: LONG_MS, everyMs: 10 });
}

export function pidsIn(text: string): number[] {
  return [...text.matchAll(/^\d+$/gm)].map(([pid]) => Number(pid));
}
