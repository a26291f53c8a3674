import type { MetricFamily } from "../families/metric-family.ts";
import { wait } from "../kit/wait.ts";
import { programMeasured } from "../telemetry/events/programs.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { findProgram, type ProgramChoice } from "./find-program.ts";
import { atTime, createJoinedSeries } from "./joined-series.ts";
import { nameConflict } from "./name-conflict.ts";
import { notRun, type ProgramRun } from "./program-run.ts";
import type { ProgramRunner } from "./program-runner.ts";
import type { RunJournal } from "./run-journal.ts";

export interface IntervalPrograms {
  start(): void;
  stop(): Promise<void>;
  /** Of each program what its last run gave, unless that failed or is overdue. */
  families(atMs: number): MetricFamily[][];
}

interface Parts {
  readonly choice: ProgramChoice;
  readonly runner: ProgramRunner;
  readonly journal: RunJournal;
  readonly telemetry: Telemetry;
  /** The agent's own names. */
  readonly isReserved: (name: string) => boolean;
}

interface Latest {
  readonly families: readonly MetricFamily[];
  /** By `performance.now()`. */
  readonly validUntilMs: number;
}

/** Runs each program that has an interval by itself, the first time at once. */
export function createIntervalPrograms({ choice, runner, journal, telemetry, isReserved }: Parts): IntervalPrograms {
  const intervals = Object.entries(choice.list).flatMap(([name, { intervalMs, timeLimitMs = choice.timeLimitMs }]) =>
    intervalMs === undefined ? [] : [{ name, intervalMs, timeLimitMs, series: createJoinedSeries(name) }],
  );
  const latest = new Map<string, Latest>();
  const stopping = new AbortController();
  let loops: Promise<void>[] = [];

  async function repeat(one: (typeof intervals)[number]) {
    while (!stopping.signal.aborted) {
      const startedAtMs = performance.now();
      await runOnce(one);
      const tookMs = performance.now() - startedAtMs;
      // A run that takes longer than the interval leaves out the turns that it missed.
      await wait(one.intervalMs - (tookMs % one.intervalMs), stopping.signal);
    }
  }

  async function runOnce({ name, intervalMs, timeLimitMs, series }: (typeof intervals)[number]) {
    const run = checked(name, await found(name));
    if (run.failure?.kind === "stopped") return;
    journal.told(name, run);
    programMeasured(telemetry, { exporter: name, isUp: run.failure === undefined, seconds: run.tookMs / 1000 });
    if (run.failure !== undefined) {
      latest.delete(name);
      return;
    }
    // The next run may begin an interval from now and take as long as it may.
    const validUntilMs = performance.now() + intervalMs + timeLimitMs;
    latest.set(name, { families: series.take(run.families, Date.now()), validUntilMs });
  }

  async function found(name: string): Promise<ProgramRun> {
    const program = await findProgram(choice, name);
    if (program === undefined) return notRun({ kind: "start", what: "is not there" });
    if ("refused" in program) return notRun({ kind: "start", what: program.refused });
    return runner.run(program.program, { arguments: [], signal: stopping.signal, patient: true });
  }

  function checked(name: string, run: ProgramRun): ProgramRun {
    const others = [...latest].filter(([other]) => other !== name);
    const what = nameConflict(run.families, {
      isReserved,
      others: others.map(([exporter, { families }]) => ({ exporter, families })),
    });
    return what === undefined ? run : { ...run, failure: { kind: "metrics", what } };
  }

  return {
    start() {
      loops = intervals.map(repeat);
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
    families(atMs) {
      const nowMs = performance.now();
      return intervals.map(({ name }) => {
        const last = latest.get(name);
        return last === undefined || last.validUntilMs < nowMs ? [] : atTime(last.families, atMs);
      });
    },
  };
}
