import { type ContainerRow, EVERYWHERE, type SweepRow } from "./row.ts";

const GAUGE = { kind: "gauge", labels: [], platforms: EVERYWHERE } as const;

/**
 * The "metrics and logs collector" (BinaryIgor/code-examples, metrics-and-logs-collector at 8ea422e: src/containers.py
 * and src/metrics_exporter.py). Its container_logs_… are rows of every profile (logs.ts).
 */
export const COLLECTOR_ROWS: readonly ContainerRow[] = [
  {
    ...GAUGE,
    name: "container_cpu_usage_percent",
    help: "CPU that the container uses, in CPUs: 1 is a whole one, 0.5 half of one.",
    group: "cpu",
    source: "stats: cpu_stats.cpu_usage.total_usage, between two sweeps",
    note: "A part of 1 and not of 100, as the collector gives it, whatever the name says. Absent at a container's first sweep.",
    needsUsageCores: true,
    observe: ({ cpu }, point) => point(cpu?.usageCores),
  },
  {
    ...GAUGE,
    name: "container_cpus_available",
    help: "CPUs that the container may use: its limit, else those of the machine.",
    group: "cpu",
    source: "inspect: HostConfig.NanoCpus or CpuQuota; info: NCPU",
    observe({ spec: { cpuQuotaMicroseconds, cpuPeriodMicroseconds } }, point, { machine }) {
      const isLimited = cpuQuotaMicroseconds !== undefined && cpuPeriodMicroseconds !== undefined;
      point(isLimited ? cpuQuotaMicroseconds / cpuPeriodMicroseconds : machine?.cpuCores);
    },
  },
  {
    ...GAUGE,
    name: "container_max_memory_bytes",
    help: "Memory that the container may use, in bytes: its limit, else the machine's.",
    group: "memory",
    source: "inspect: HostConfig.Memory; info: MemTotal",
    observe: ({ spec }, point, { machine }) => point(spec.memoryLimitBytes || machine?.memoryBytes),
  },
  {
    ...GAUGE,
    name: "container_used_memory_bytes",
    help: "Memory that the container uses, page cache included, in bytes.",
    group: "memory",
    source: "stats: memory_stats.usage (Windows: commitbytes)",
    observe: ({ memory }, point) => point(memory?.usageBytes),
  },
  {
    ...GAUGE,
    name: "container_started_at_timestamp_seconds",
    help: "Start time of the container, in seconds since the Unix epoch.",
    group: "spec",
    source: "inspect: State.StartedAt, whole seconds",
    observe: ({ spec }, point) => point(spec.startedAtSeconds && Math.floor(spec.startedAtSeconds)),
  },
  {
    ...GAUGE,
    name: "container_up_timestamp_seconds",
    help: "Last time that the agent saw the container running, in seconds since the Unix epoch.",
    group: "spec",
    source: "the agent's clock, whole seconds",
    observe: (_, point, { atMs }) => point(Math.floor(atMs / 1000)),
  },
];

export const COLLECTOR_SWEEP_ROWS: readonly SweepRow[] = [
  {
    ...GAUGE,
    name: "collector_up_timestamp_seconds",
    help: "Last time that the agent could read the engine, in seconds since the Unix epoch.",
    group: "agent",
    about: "host",
    source: "the agent's clock, whole seconds",
    observe: ({ atMs, engineFailed }, point) => point(engineFailed ? undefined : Math.floor(atMs / 1000)),
  },
];
