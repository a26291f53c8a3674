import { type ContainerRow, EVERYWHERE, LINUX } from "./row.ts";

export const TASK_ROWS: readonly ContainerRow[] = [
  {
    name: "container_threads",
    help: "Number of threads running inside the container.",
    kind: "gauge",
    labels: [],
    group: "process",
    source: "stats: pids_stats.current",
    platforms: LINUX,
    note: "cAdvisor has it with its process metrics only, which are off by default.",
    observe: ({ tasks }, point) => point(tasks?.threads),
  },
  {
    name: "container_threads_max",
    help: "Maximum number of threads allowed inside the container, unlimited if 0.",
    kind: "gauge",
    labels: [],
    group: "process",
    source: "stats: pids_stats.limit (Podman: HostConfig.PidsLimit, if given)",
    platforms: LINUX,
    observe: ({ tasks }, point) => point(tasks?.threadsMax),
  },
  {
    name: "container_processes",
    help: "Number of processes running inside the container.",
    kind: "gauge",
    labels: [],
    group: "processes",
    source: "top: Processes",
    platforms: EVERYWHERE,
    observe: ({ processCount }, point) => point(processCount),
  },
];
