interface GroupHead {
  readonly help: string;
  readonly on: boolean;
}

/** Metrics are switched on and off by these. */
export const GROUPS = {
  cpu: { on: true, help: "CPU time and throttling." },
  memory: { on: true, help: "Memory by kind, page faults and out-of-memory events." },
  network: { on: true, help: "Traffic by interface of the container's own network." },
  disk: { on: true, help: "Block I/O by device." },
  process: { on: true, help: "Threads and their limit." },
  spec: { on: true, help: "What the container was created with, when it was started and last seen." },
  health: { on: true, help: "The outcome of the container's health check." },
  state: {
    on: true,
    help: "Running, paused, restarts and exit code: beyond cAdvisor, and for stopped containers too.",
  },
  logs: { on: true, help: "Lines of each container's log by level, and when the latest came, where logs are kept." },
  machine: { on: true, help: "The machine that the engine runs on." },
  agent: { on: true, help: "Whether reading worked, and the versions involved; the agent's own counters." },
  perCore: {
    on: false,
    help: "No metrics of its own: CPU time by core in place of the total, where the engine tells it.",
  },
  topology: {
    on: false,
    help: "Hardware threads and NUMA nodes, as cAdvisor's cpu_topology (off by default there too).",
  },
  processes: {
    on: false,
    help: "Processes of each container: a `top` request for each, which starts a `ps` on a Linux host.",
  },
  size: { on: false, help: "Size of each container's writable layer: the engine walks the file system for it." },
} as const satisfies Record<string, GroupHead>;

export type Group = keyof typeof GROUPS;
