import { AGENT_ROWS, SCRAPE_ERROR_ROW } from "./agent.ts";
import { COLLECTOR_ROWS, COLLECTOR_SWEEP_ROWS } from "./collector.ts";
import { CPU_ROWS } from "./cpu.ts";
import { DISK_ROWS } from "./disk.ts";
import { LOG_ROWS } from "./logs.ts";
import { MACHINE_ROWS } from "./machine.ts";
import { MEMORY_ROWS } from "./memory.ts";
import { NETWORK_ROWS } from "./network.ts";
import type { Profile } from "./profiles.ts";
import type { ContainerRow, SweepRow } from "./row.ts";
import { SEMCONV_ROWS } from "./semconv.ts";
import { SPEC_ROWS } from "./spec.ts";
import { STATE_ROWS } from "./state.ts";
import { STATS_EXPORTER_ROWS, STATS_EXPORTER_SWEEP_ROWS } from "./stats-exporter.ts";
import { TASK_ROWS } from "./tasks.ts";

/** Of the profile `cadvisor`. */
export const CONTAINER_ROWS: readonly ContainerRow[] = [
  ...STATE_ROWS,
  ...CPU_ROWS,
  ...MEMORY_ROWS,
  ...NETWORK_ROWS,
  ...DISK_ROWS,
  ...TASK_ROWS,
  ...SPEC_ROWS,
  ...LOG_ROWS,
];

export const SWEEP_ROWS: readonly SweepRow[] = [...AGENT_ROWS, ...MACHINE_ROWS];

interface ProfileRows {
  readonly containers: readonly ContainerRow[];
  readonly sweep: readonly SweepRow[];
}

/** A row that is of several profiles is the same object in each: one family holds its points with the labels of all. */
export const PROFILE_ROWS: Readonly<Record<Profile, ProfileRows>> = {
  cadvisor: { containers: CONTAINER_ROWS, sweep: SWEEP_ROWS },
  collector: { containers: [...COLLECTOR_ROWS, ...LOG_ROWS], sweep: [SCRAPE_ERROR_ROW, ...COLLECTOR_SWEEP_ROWS] },
  "stats-exporter": {
    containers: [...STATS_EXPORTER_ROWS, ...LOG_ROWS],
    sweep: [SCRAPE_ERROR_ROW, ...STATS_EXPORTER_SWEEP_ROWS],
  },
  semconv: { containers: [...SEMCONV_ROWS, ...LOG_ROWS], sweep: [SCRAPE_ERROR_ROW] },
};

export const ALL_ROWS: readonly (ContainerRow | SweepRow)[] = [
  ...new Set(Object.values(PROFILE_ROWS).flatMap(({ sweep, containers }) => [...sweep, ...containers])),
];

export const METRIC_NAMES: readonly string[] = [...new Set(ALL_ROWS.map(({ name }) => name))];

/** Those of `names` that no metric has: a setting that lists them is refused. */
export function unknownMetricNames(names: readonly string[]): string[] {
  return names.filter((name) => !METRIC_NAMES.includes(name));
}
