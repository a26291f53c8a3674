import { METRIC_NAMES } from "../catalogue/rows.ts";
import type { MetricFamily } from "../families/metric-family.ts";
import type { Route } from "../http/route.ts";
import type { ListedProgram, ProgramChoice } from "../programs/find-program.ts";
import { createIntervalPrograms } from "../programs/interval-programs.ts";
import { programRoutes } from "../programs/program-routes.ts";
import { createProgramRunner, type ProgramRunner } from "../programs/program-runner.ts";
import { removeLeftovers } from "../programs/run-folder.ts";
import { createRunJournal } from "../programs/run-journal.ts";
import type { Settings } from "../settings/schema.ts";
import { orphansStay, programFoldersRemoved } from "../telemetry/events/programs.ts";
import { OWN_METRICS } from "../telemetry/own-metrics.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** The programs of an agent that runs. */
export interface Programs {
  readonly routes: readonly Route[];
  families(atMs: number): MetricFamily[][];
  start(): void;
  stop(): Promise<void>;
}

export function hasPrograms({ programs: { list, folder } }: Settings): boolean {
  return folder !== undefined || Object.keys(list ?? {}).length > 0;
}

/** Nothing where none are set. */
export function programsOf(settings: Settings, telemetry: Telemetry): Programs | undefined {
  if (!hasPrograms(settings)) return undefined;
  const reserved = new Set<string>([...METRIC_NAMES, ...Object.keys(OWN_METRICS)]);
  const choice = programChoice(settings);
  const runner = programRunner(settings);
  const parts = { choice, runner, telemetry, journal: createRunJournal(telemetry) };
  const byInterval = createIntervalPrograms({ ...parts, isReserved: (name) => reserved.has(name) });

  async function removeThoseOfTheKilled() {
    const count = await removeLeftovers();
    if (count > 0) programFoldersRemoved(telemetry, count);
  }

  return {
    routes: programRoutes(parts),
    families: byInterval.families,
    start() {
      void removeThoseOfTheKilled();
      if (process.pid === 1) orphansStay(telemetry);
      byInterval.start();
    },
    async stop() {
      await Promise.all([byInterval.stop(), runner.stop()]);
    },
  };
}

export function programRunner({ programs }: Settings): ProgramRunner {
  return createProgramRunner({
    workers: programs.workers,
    queue: programs.queue,
    stopMs: programs.stopTime,
    maxOutputBytes: programs.maxOutputSize,
    maxMetricsBytes: programs.maxMetricsSize,
    environment: process.env,
  });
}

export function programChoice({ programs }: Settings): ProgramChoice {
  const { folder, timeLimit, clientArguments } = programs;
  const list = Object.entries(programs.list ?? {}).map(([name, listed]): [string, ListedProgram] => {
    const { timeLimit: timeLimitMs, interval: intervalMs, ...others } = listed;
    return [name, { ...others, timeLimitMs, intervalMs }];
  });
  return { list: Object.fromEntries(list), folder, timeLimitMs: timeLimit, clientArguments };
}
