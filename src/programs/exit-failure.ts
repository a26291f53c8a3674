import { stat } from "node:fs/promises";
import type { Program } from "./program.ts";
import type { RunFailure } from "./program-run.ts";
import type { ProcessEnd } from "./start-process.ts";

const MAX_LAST_WORDS = 300;

interface Limits {
  readonly maxOutputBytes: number;
  readonly maxMetricsBytes: number;
}

/** What is wrong with how a program ended, if anything is. */
export async function exitFailure(
  program: Program,
  end: ProcessEnd,
  { maxOutputBytes, maxMetricsBytes }: Limits,
): Promise<RunFailure | undefined> {
  const { code, signal, stopped, startError } = end;
  if (startError !== undefined) return { kind: "start", what: await whyNotStarted(program, startError) };
  const still = code === undefined && signal === undefined ? ", and can't be killed" : "";
  switch (stopped) {
    case "time":
      return { kind: "time", what: `took longer than ${program.timeLimitMs / 1000} s and was ended${still}` };
    case "output":
      return {
        kind: "output",
        what: `printed more than ${maxOutputBytes} bytes (programs.maxOutputSize) and was ended${still}`,
      };
    case "size":
      return {
        kind: "metrics",
        what: `wrote more than ${maxMetricsBytes} bytes of metrics (programs.maxMetricsSize) and was ended${still}`,
      };
    case "asked":
      return { kind: "stopped", what: `was ended, since nobody waits for it any more${still}` };
  }
  if (signal !== undefined) return { kind: "exit", what: `was ended by ${signal}${lastWords(end)}` };
  return code === 0 ? undefined : { kind: "exit", what: `exited with code ${code}${lastWords(end)}` };
}

async function whyNotStarted(
  { command, workingFolder }: Program,
  { code, message }: NodeJS.ErrnoException,
): Promise<string> {
  // The system tells of a missing folder as if the command were missing.
  if (code === "ENOENT" && workingFolder !== undefined && !(await isFolder(workingFolder))) {
    return `can't be started: its working folder ${workingFolder} is not there`;
  }
  switch (code) {
    case "ENOENT":
      return `can't be started: ${command}, or what its first line names, is not there`;
    case "EACCES":
      return `can't be started: ${command} may not be executed by the agent's user`;
    case "E2BIG":
      return "can't be started: its arguments and variables are longer than the system takes";
    default:
      return `can't be started: ${code ?? message}`;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

function lastWords({ stderr }: ProcessEnd): string {
  const last = stderr.trimEnd().split("\n").pop()?.trim() ?? "";
  if (last === "") return "";
  return `: ${last.length > MAX_LAST_WORDS ? `${last.slice(0, MAX_LAST_WORDS)}…` : last}`;
}
