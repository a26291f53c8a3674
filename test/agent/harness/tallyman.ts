import { resolve } from "node:path";
import { type Child, startChild } from "../../support/child.ts";
import { eventually } from "../../support/eventually.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../src/main.ts");
/** Halves the time that each of some eighty starts takes (Node 24: 0.32 s of CPU against 0.17 s). */
const COMPILE_CACHE = resolve(import.meta.dirname, "../../../node_modules/.cache/tallyman-tests");

export interface Tallyman extends Child {
  /** Its own log, which is JSON where standard error is no terminal. */
  log(): LogLine[];
  /** Waits for the first line with this message, of those after the first `since`. */
  logged(message: string, options?: { since?: number }): Promise<LogLine>;
  /** Does not wait. */
  signal(name: NodeJS.Signals): void;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A real process of `tallyman …` with nothing of Tallyman's in its environment but `env`, in a folder without settings. */
export function startTallyman(env: Readonly<Record<string, string>>, ...args: string[]): Tallyman {
  const child = startChild({
    name: ["tallyman", ...args].join(" "),
    command: [process.execPath, PROGRAM, ...args],
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
  });
  const log = () => child.stderr.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
  return Object.assign(child, {
    log,
    logged(message: string, { since = 0 } = {}) {
      const find = () => {
        const line = log()
          .slice(since)
          .find((candidate) => candidate.message === message);
        if (line === undefined) throw new Error(`The log is:\n${child.stderr.join("\n")}`);
        return line;
      };
      return eventually(find, { withinMs: 60_000, what: `"${message}" in the log` });
    },
    signal: (name: NodeJS.Signals) => void process.kill(child.pid, name),
  });
}

/** Runs one of the commands that end by themselves. */
export async function runTallyman(env: Readonly<Record<string, string>>, ...args: string[]) {
  const child = startTallyman(env, ...args);
  const { code } = await child.exit(60_000);
  return { code, stdout: child.stdout.join("\n"), stderr: child.stderr.join("\n") };
}
