import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { signalGroup } from "./end-group.ts";
import { keepOutput } from "./kept-output.ts";
import { watchSize } from "./watch-size.ts";

export interface ProcessOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  /** The whole of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder?: string | undefined;
  readonly timeLimitMs: number;
  /** Between the soft and the hard signal. */
  readonly stopMs: number;
  /** Of each of the two outputs. */
  readonly maxOutputBytes: number;
  /** What it writes its metrics into. */
  readonly metricsFile: string;
  readonly maxMetricsBytes: number;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** A test's own. */
  readonly signalGroup?: typeof signalGroup | undefined;
}

export interface ProcessEnd {
  /** Neither this nor `signal` when it could not be started, or not be ended. */
  readonly code?: number | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  /** What we ended it for. */
  readonly stopped?: StopReason | undefined;
  /** Why it could not be started. */
  readonly startError?: NodeJS.ErrnoException;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedProcess {
  /** What is to be said of it, within its time limit and what ending it takes. */
  readonly ended: Promise<ProcessEnd>;
  /** That it is no more: later, where it could not be killed. */
  readonly gone: Promise<void>;
}

type StopReason = "time" | "output" | "size" | "asked";
type Child = ChildProcessByStdio<null, Readable, Readable>;

/** For one that even SIGKILL does not end: it hangs in the kernel, or runs as another user. */
const GIVE_UP_AFTER_MS = 2_000;
/** What was printed before the end is there by then; only what left the group (a daemon) still holds the pipe. */
const LAST_OUTPUT_WITHIN_MS = 1_000;

/** Starts a program without a shell, in a group of its own that ends with it. */
export function startProcess(options: ProcessOptions): StartedProcess {
  let child: Child;
  try {
    child = spawn(options.command, options.arguments, {
      cwd: options.workingFolder,
      env: options.environment,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const startError = error as NodeJS.ErrnoException;
    return { ended: Promise.resolve({ startError, stdout: "", stderr: "" }), gone: Promise.resolve() };
  }
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => child.pid === undefined && resolve());
  });
  return { ended: endOf(child, options), gone };
}

function endOf(child: Child, options: ProcessOptions): Promise<ProcessEnd> {
  const { timeLimitMs, stopMs, maxOutputBytes, signal, signalGroup: send = signalGroup } = options;
  return new Promise((resolve) => {
    let stopped: StopReason | undefined;
    let timer = setTimeout(() => stop("time"), timeLimitMs);
    const outputs = [child.stdout, child.stderr].map((stream) =>
      keepOutput(stream, maxOutputBytes, () => stop("output")),
    );
    const onAbort = () => stop("asked");
    const watched = watchSize(options.metricsFile, options.maxMetricsBytes, () => stop("size"));

    function next(action: () => void, afterMs: number) {
      clearTimeout(timer);
      timer = setTimeout(action, afterMs);
    }

    function stop(why: StopReason) {
      if (stopped !== undefined) return;
      stopped = why;
      send(child, "SIGTERM");
      next(kill, stopMs);
    }

    function kill() {
      send(child, "SIGKILL");
      next(() => end({}), GIVE_UP_AFTER_MS);
    }

    function end(how: Pick<ProcessEnd, "code" | "signal" | "startError">) {
      clearTimeout(timer);
      watched();
      signal.removeEventListener("abort", onAbort);
      const [stdout = "", stderr = ""] = outputs.map((output) => output.text());
      for (const output of outputs) output.close();
      child.unref();
      resolve({ ...how, stopped, stdout, stderr });
    }

    child.once("error", (startError) => child.pid === undefined && end({ startError }));
    child.once("exit", (code, killedBy) => {
      const how = { code: code ?? undefined, signal: killedBy ?? undefined };
      // What it started and did not wait for.
      send(child, "SIGKILL");
      if (stopped === "output") return end(how);
      // A timer that is late comes before what can be read by then.
      next(() => setImmediate(end, how), LAST_OUTPUT_WITHIN_MS);
      child.once("close", () => end(how));
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
