import { type ContainerRow, EVERYWHERE } from "./row.ts";

const LOGS = {
  labels: ["level"],
  group: "logs",
  platforms: EVERYWHERE,
  stoppedToo: true,
  ours: true,
  source: "the container's log, where it is kept (`logs.enabled`)",
} as const;

/** Their names are those of the "metrics and logs collector". */
export const LOG_ROWS: readonly ContainerRow[] = [
  {
    ...LOGS,
    name: "container_logs_total",
    help: "Number of lines of the container's log at this level.",
    kind: "counter",
    since: "counting",
    note: "Counted by the agent from its own start. Every level has a series from the first line on: trace, debug, info, warning, error, critical, unknown.",
    observe({ logs }, point) {
      for (const { level, lines } of logs?.levels ?? []) point(lines, "level", level);
    },
  },
  {
    ...LOGS,
    name: "container_logs_created",
    help: "Time of the latest line of the container's log at this level, in seconds since the Unix epoch.",
    kind: "gauge",
    note: "By the engine's clock, of lines read since the agent's start.",
    observe({ logs }, point) {
      for (const { level, latestTimeSeconds } of logs?.levels ?? []) point(latestTimeSeconds, "level", level);
    },
  },
];
