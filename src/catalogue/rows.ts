import { AGENT_ROWS } from "./agent.ts";
import { CPU_ROWS } from "./cpu.ts";
import { DISK_ROWS } from "./disk.ts";
import { LOG_ROWS } from "./logs.ts";
import { MACHINE_ROWS } from "./machine.ts";
import { MEMORY_ROWS } from "./memory.ts";
import { NETWORK_ROWS } from "./network.ts";
import type { ContainerRow, SweepRow } from "./row.ts";
import { SPEC_ROWS } from "./spec.ts";
import { STATE_ROWS } from "./state.ts";
import { TASK_ROWS } from "./tasks.ts";

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

export const METRIC_NAMES: readonly string[] = [...SWEEP_ROWS, ...CONTAINER_ROWS].map((row) => row.name);

/** Those of `names` that no metric has: a setting that lists them is refused. */
export function unknownMetricNames(names: readonly string[]): string[] {
  return names.filter((name) => !METRIC_NAMES.includes(name));
}
