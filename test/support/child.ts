import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { eventually } from "./eventually.ts";

export interface ChildOptions {
  /** Of its messages. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** The whole environment; nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Child {
  readonly pid: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Set once it has ended. */
  readonly ended: Ended | undefined;
  /** Waits until `isReady`, or fails with its last output when it ends before. */
  ready(isReady: () => Promise<boolean> | boolean, withinMs: number): Promise<void>;
  /** Waits for it to end by itself. */
  exit(withinMs: number): Promise<Ended>;
  /** Sends the signal and waits for the end, with SIGKILL after `withinMs`. Harmless when it has ended. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the request to end until the end; 0 when it ended by itself. */
  readonly tookMs: number;
}

const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export function startChild({ name, command: [file, ...args], env = {} }: ChildOptions): Child {
  const child = spawn(file, args, {
    // Not the repository: a settings file that lies there is none of the test's.
    cwd: "/",
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout = linesOf(child, "stdout");
  const stderr = linesOf(child, "stderr");
  let ended: Ended | undefined;
  let endedBecause = "";
  let askedAtMs: number | undefined;
  living.add(child);
  child.once("error", (error) => {
    endedBecause = error.message;
    ended = { code: null, signal: null, tookMs: 0 };
  });
  const gone = once(child, "close").then(([code, signal]: unknown[]) => {
    living.delete(child);
    const tookMs = askedAtMs === undefined ? 0 : performance.now() - askedAtMs;
    ended = { code: code as number | null, signal: signal as NodeJS.Signals | null, tookMs };
  });
  return {
    pid: child.pid ?? -1,
    stdout,
    stderr,
    get ended() {
      return ended;
    },
    async ready(isReady, withinMs) {
      const look = async () => {
        const hasEnded = ended !== undefined;
        try {
          // One that is quick is ready and done between two looks.
          if (await isReady()) return "ready";
        } catch (error) {
          if (!hasEnded) throw error;
        }
        return hasEnded && "ended";
      };
      const what = await eventually(look, { withinMs, everyMs: 100 }).catch((cause) => {
        throw new Error(`${name} is not ready; its last output:\n${tail(stdout, stderr)}`, { cause });
      });
      if (what === "ended") {
        throw new Error(`${name} ended at start ${endedBecause}; its last output:\n${tail(stdout, stderr)}`);
      }
    },
    async exit(withinMs) {
      const late = setTimeout(() => child.kill("SIGKILL"), withinMs);
      await gone;
      clearTimeout(late);
      return ended as Ended;
    },
    async end(signal, withinMs) {
      askedAtMs ??= performance.now();
      if (!ended) child.kill(signal);
      const hard = setTimeout(() => child.kill("SIGKILL"), withinMs);
      await gone;
      clearTimeout(hard);
      return ended as Ended;
    },
  };
}

function linesOf(child: ChildProcess, stream: "stdout" | "stderr"): string[] {
  const lines: string[] = [];
  const input = child[stream];
  if (input) createInterface({ input }).on("line", (line) => lines.push(line));
  return lines;
}

function tail(...outputs: readonly string[][]): string {
  return outputs.flatMap((lines) => lines.slice(-10)).join("\n");
}
