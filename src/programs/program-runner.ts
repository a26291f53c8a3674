import { constants } from "node:os";
import { parsePrometheusText } from "../families/parse-prometheus-text.ts";
import { exitFailure } from "./exit-failure.ts";
import type { Program } from "./program.ts";
import { programEnvironment } from "./program-environment.ts";
import { notRun, type ProgramRun } from "./program-run.ts";
import { readMetrics } from "./read-metrics.ts";
import { makeRunFolder, type RunFolder } from "./run-folder.ts";
import { type ProcessEnd, type ProcessOptions, startProcess } from "./start-process.ts";
import { createTurns } from "./turns.ts";

export interface RunnerOptions {
  readonly workers: number;
  readonly queue: number;
  readonly stopMs: number;
  readonly maxOutputBytes: number;
  readonly maxMetricsBytes: number;
  /** The agent's own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A test's own. */
  readonly signalGroup?: ProcessOptions["signalGroup"];
}

export interface RunOptions {
  readonly arguments: readonly string[];
  /** Nobody wants to know any more: what waits leaves, what runs is ended. */
  readonly signal: AbortSignal;
  /** Waits for its turn however many do. */
  readonly patient?: boolean;
}

export interface ProgramRunner {
  /** Does not reject: whatever goes wrong is the run's `failure`. */
  run(program: Program, options: RunOptions): Promise<ProgramRun>;
  /** Ends what runs, and resolves when all of it is told. */
  stop(): Promise<void>;
}

export function createProgramRunner(options: RunnerOptions): ProgramRunner {
  const turns = createTurns(options);
  const stopping = new AbortController();
  const running = new Set<Promise<ProgramRun>>();

  async function inTurn(program: Program, wanted: RunOptions): Promise<ProgramRun> {
    const signal = AbortSignal.any([wanted.signal, stopping.signal]);
    const turn = await turns.take(signal, { unbounded: wanted.patient ?? false });
    if (turn === "left") return notRun({ kind: "stopped", what: "was not started: nobody waits for it any more" });
    if (turn === "full") {
      const what = `was not started: ${options.queue} requests wait already, of programs of which ${options.workers} run at once`;
      return notRun({ kind: "busy", what });
    }
    return runOnce(program, { ...wanted, signal }, options, turn);
  }

  return {
    async run(program, wanted) {
      const run = inTurn(program, wanted);
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled(running);
    },
  };
}

async function runOnce(program: Program, wanted: RunOptions, options: RunnerOptions, giveBack: () => void) {
  const startedAt = performance.now();
  let folder: RunFolder;
  try {
    folder = await makeRunFolder();
  } catch (error) {
    giveBack();
    const what = `was not started: no file for its metrics can be made (TMPDIR names where): ${(error as Error).message}`;
    return notRun({ kind: "start", what });
  }
  const { metricsFile } = folder;
  const started = startProcess({
    command: program.command,
    arguments: [...program.arguments, ...wanted.arguments],
    environment: programEnvironment(options.environment, program, metricsFile),
    workingFolder: program.workingFolder,
    timeLimitMs: program.timeLimitMs,
    stopMs: options.stopMs,
    maxOutputBytes: options.maxOutputBytes,
    metricsFile,
    maxMetricsBytes: options.maxMetricsBytes,
    signal: wanted.signal,
    signalGroup: options.signalGroup,
  });
  const end = await started.ended;
  const told: ProgramRun = {
    ...(await outcome(program, end, metricsFile, options)),
    returncode: end.code ?? (end.signal === undefined ? null : -constants.signals[end.signal]),
    stdout: end.stdout,
    stderr: end.stderr,
    metricsFile,
    tookMs: performance.now() - startedAt,
  };
  const gone = started.gone.then(folder.remove).catch(() => undefined);
  // One that can't be killed keeps its turn, or such would pile up.
  const isOver = gone.then(giveBack);
  if (hasEnded(end)) await isOver;
  return told;
}

function hasEnded({ code, signal, startError }: ProcessEnd): boolean {
  return code !== undefined || signal !== undefined || startError !== undefined;
}

async function outcome(
  program: Program,
  end: ProcessEnd,
  metricsFile: string,
  options: RunnerOptions,
): Promise<Pick<ProgramRun, "failure" | "metrics" | "families">> {
  const failure = await exitFailure(program, end, options);
  const read = await readMetrics(metricsFile, options.maxMetricsBytes);
  const metrics = "text" in read ? read.text : "";
  if (failure !== undefined) return { failure, metrics, families: [] };
  if ("problem" in read) return bad(read.problem);
  try {
    // When that was is up to who uses them.
    const parsed = parsePrometheusText(metrics, { startTime: [0, 0], endTime: [0, 0] });
    if (parsed.ok) return { metrics, families: parsed.families };
    return bad(`wrote bad metrics: line ${parsed.line}: ${parsed.complaint}`);
  } catch (error) {
    return bad(`wrote metrics that Tallyman fails to read: ${(error as Error).message}`);
  }

  function bad(what: string): Awaited<ReturnType<typeof outcome>> {
    return { failure: { kind: "metrics", what }, metrics, families: [] };
  }
}
