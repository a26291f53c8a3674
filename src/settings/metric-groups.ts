export interface MetricGroup {
  /** Whether it is on unless a setting says otherwise. */
  readonly on: boolean;
  readonly description: string;
}

/** The groups of metrics that `metrics.groups` switches: the catalogue's, which a test compares with these. */
export const METRIC_GROUPS = {
  cpu: { on: true, description: "CPU time and throttling." },
  memory: { on: true, description: "Memory by kind, page faults, failures and kills for want of memory." },
  network: { on: true, description: "Bytes, packets, errors and drops of each network interface." },
  disk: { on: true, description: "Reads and writes of each block device." },
  process: { on: true, description: "Threads and their limit." },
  spec: { on: true, description: "What a container was created with: CPU and memory limits, start time." },
  health: { on: true, description: "The outcome of a container's health check." },
  state: { on: true, description: "Running, paused, restarts, exit code; of stopped containers too." },
  machine: { on: true, description: "The machine's cores and memory." },
  agent: { on: true, description: "Tallyman's own counters." },
  perCore: {
    on: false,
    description: "CPU time by core in place of the total, where the engine tells it: many series on a large machine.",
  },
  topology: {
    on: false,
    description: "Hardware threads and NUMA nodes, as cAdvisor's cpu_topology, which is off by default too.",
  },
  processes: {
    on: false,
    description:
      "The number of processes, by a request of its own for each container, every `metrics.processesInterval`.",
  },
  size: {
    on: false,
    description:
      "The size of each container's writable layer, which the engine walks the disk for, every `metrics.sizeInterval`.",
  },
} as const satisfies Record<string, MetricGroup>;

export type MetricGroupName = keyof typeof METRIC_GROUPS;
