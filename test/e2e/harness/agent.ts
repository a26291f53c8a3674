import { resolve } from "node:path";
import { type Ended, startChild } from "../../support/child.ts";
import { eventuallyPasses } from "../../support/eventually.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
/** What people run: the bundle. TALLYMAN_E2E_AGENT=src/main.ts tries the sources. */
export const PROGRAM = resolve(ROOT, process.env.TALLYMAN_E2E_AGENT ?? "dist/tallyman.mjs");

export interface Agent {
  readonly pid: number;
  /** The lines of its log, JSON each. */
  log(): LogLine[];
  ended(): Ended | undefined;
  /** Waits for a line of the log. */
  logged(matches: (line: LogLine) => boolean, withinMs: number): Promise<LogLine>;
  /** SIGTERM, and what came of it. */
  stop(): Promise<Ended>;
  end(): Promise<void>;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export const INTERVAL_MS = 2_000;

/** Runs `tallyman`, with nothing in its environment but `env` and an interval of two seconds. */
export function startAgent(env: Record<string, string>): Agent {
  const child = startChild({ name: "tallyman", command: [process.execPath, PROGRAM], env: environment(env) });
  const log = () => [...child.stderr, ...child.stdout].filter((line) => line.startsWith("{")).map(parsed);
  return {
    pid: child.pid,
    log,
    ended: () => child.ended,
    logged: (matches, withinMs) =>
      eventuallyPasses(
        () => {
          const line = log().find(matches);
          if (!line)
            throw new Error(`no such line in the log of tallyman:\n${[...child.stderr, ...child.stdout].join("\n")}`);
          return line;
        },
        { withinMs },
      ),
    stop: () => child.end("SIGTERM", 20_000),
    async end() {
      await child.end("SIGTERM", 10_000);
    },
  };
}

/** Runs one of its commands to the end. */
export async function runAgent(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = startChild({
    name: `tallyman ${args.join(" ")}`,
    command: [process.execPath, PROGRAM, ...args],
    env: environment(env),
  });
  const { code } = await child.exit(30_000);
  return { code, stdout: child.stdout.join("\n"), stderr: child.stderr.join("\n") };
}

/** Whether a person is told of a trouble: not what it says of its settings at the start. */
export function isComplaint({ level, message }: LogLine): boolean {
  return (level === "warn" || level === "error") && message !== "Settings note";
}

function environment(env: Record<string, string>): Record<string, string> {
  return {
    TALLYMAN_OTLP_INTERVAL: `${INTERVAL_MS}ms`,
    TALLYMAN_LOG_FORMAT: "json",
    // Beside whatever else listens on this machine.
    TALLYMAN_HTTP_LISTEN: "127.0.0.1:0",
    ...env,
  };
}

function parsed(line: string): LogLine {
  return JSON.parse(line) as LogLine;
}
