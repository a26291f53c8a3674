import { type ContainerRow, DOCKER, EVERYWHERE } from "./row.ts";

const USAGE = "stats: cpu_stats.cpu_usage";
const THROTTLING = "stats: cpu_stats.throttling_data";
const MODE_NOTE = "In steps of 10 ms on cgroup v1. Absent on Windows under Hyper-V isolation.";
const CPU = { kind: "counter", labels: [], group: "cpu" } as const;

export const CPU_ROWS: readonly ContainerRow[] = [
  {
    ...CPU,
    name: "container_cpu_usage_seconds_total",
    help: "Cumulative CPU time consumed, in seconds.",
    labels: ["cpu"],
    source: `${USAGE}.total_usage, .percpu_usage`,
    platforms: EVERYWHERE,
    note: 'One series with cpu="total". With the group perCore, and where the engine tells the cores apart (cgroup v1), one for each core that was used (cpu="cpu00" …) in its place, as cAdvisor does: never both, so that a sum over `cpu` counts once.',
    observe({ cpu }, point, { cpuPerCore }) {
      if (!cpuPerCore || cpu?.perCoreSeconds === undefined) return point(cpu?.usageSeconds, "cpu", "total");
      for (const [core, seconds] of cpu.perCoreSeconds.entries()) {
        if (seconds > 0) point(seconds, "cpu", coreName(core));
      }
    },
  },
  {
    ...CPU,
    name: "container_cpu_user_seconds_total",
    help: "Cumulative CPU time consumed in user mode, in seconds.",
    source: `${USAGE}.usage_in_usermode`,
    platforms: EVERYWHERE,
    note: MODE_NOTE,
    observe: ({ cpu }, point) => point(cpu?.userSeconds),
  },
  {
    ...CPU,
    name: "container_cpu_system_seconds_total",
    help: "Cumulative CPU time consumed in kernel mode, in seconds.",
    source: `${USAGE}.usage_in_kernelmode`,
    platforms: EVERYWHERE,
    note: MODE_NOTE,
    observe: ({ cpu }, point) => point(cpu?.systemSeconds),
  },
  {
    ...CPU,
    name: "container_cpu_cfs_periods_total",
    help: "Number of elapsed enforcement periods of the CPU quota.",
    source: `${THROTTLING}.periods`,
    platforms: DOCKER,
    note: "Only with a quota.",
    observe: ({ cpu }, point) => point(cpu?.throttling?.periods),
  },
  {
    ...CPU,
    name: "container_cpu_cfs_throttled_periods_total",
    help: "Number of enforcement periods in which the CPU quota held the container back.",
    source: `${THROTTLING}.throttled_periods`,
    platforms: DOCKER,
    note: "Only with a quota.",
    observe: ({ cpu }, point) => point(cpu?.throttling?.throttledPeriods),
  },
  {
    ...CPU,
    name: "container_cpu_cfs_throttled_seconds_total",
    help: "Total time for which the CPU quota held the container back, in seconds.",
    source: `${THROTTLING}.throttled_time`,
    platforms: DOCKER,
    note: "Only with a quota.",
    observe: ({ cpu }, point) => point(cpu?.throttling?.throttledSeconds),
  },
];

function coreName(core: number): string {
  return `cpu${String(core).padStart(2, "0")}`;
}
