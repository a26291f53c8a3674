import { type ContainerRow, EVERYWHERE } from "./row.ts";

const GAUGE = { kind: "gauge", labels: [], platforms: EVERYWHERE } as const;
const OURS = { ...GAUGE, group: "state", stoppedToo: true, ours: true } as const;

/** cAdvisor: starting is not healthy yet, and -1 says that there is no health check. */
const HEALTH_NUMBER = { healthy: 1, unhealthy: 0, starting: 0, none: -1 } as const;

export const LAST_SEEN_ROW: ContainerRow = {
  ...GAUGE,
  name: "container_last_seen",
  help: "Last time that the agent saw the container running, in seconds since the Unix epoch.",
  group: "spec",
  source: "the agent's clock, whole seconds",
  observe: (_, point, { atMs }) => point(Math.floor(atMs / 1000)),
};

export const STATE_ROW: ContainerRow = {
  ...OURS,
  name: "container_state",
  help: "Whether the container runs (1) or not (0); one that waits for its next restart does not.",
  source: "list: State; inspect: State.Status",
  observe: ({ state }, point) => point(state.running ? 1 : 0),
};

export const STATE_ROWS: readonly ContainerRow[] = [
  LAST_SEEN_ROW,
  {
    ...GAUGE,
    name: "container_start_time_seconds",
    help: "Start time of the container, in seconds since the Unix epoch.",
    group: "spec",
    source: "inspect: State.StartedAt, whole seconds",
    note: "As cAdvisor from 0.57; before, it was the time of creation.",
    observe: ({ spec }, point) => point(wholeSeconds(spec.startedAtSeconds)),
  },
  {
    ...GAUGE,
    name: "container_creation_time_seconds",
    help: "Creation time of the container, in seconds since the Unix epoch.",
    group: "spec",
    source: "inspect: Created, whole seconds",
    observe: ({ spec }, point) => point(wholeSeconds(spec.createdAtSeconds)),
  },
  {
    ...GAUGE,
    name: "container_health_state",
    help: "Result of the container's health check: 1 healthy, 0 starting or unhealthy, -1 without a health check.",
    group: "health",
    source: "inspect: State.Health.Status; list: Status",
    observe: ({ state }, point) => point(state.health === undefined ? undefined : HEALTH_NUMBER[state.health]),
  },
  STATE_ROW,
  {
    ...OURS,
    name: "container_paused",
    help: "Whether the container is paused (1) or not (0).",
    source: "list: State; inspect: State.Status",
    observe: ({ state }, point) => point(state.paused ? 1 : 0),
  },
  {
    ...OURS,
    name: "container_restarts_total",
    help: "Number of restarts by the container's restart policy.",
    kind: "counter",
    since: "creation",
    source: "inspect: RestartCount",
    note: "A start by hand sets it back to 0, which rate and increase take for what it is.",
    observe: ({ state }, point) => point(state.restartCount),
  },
  {
    ...OURS,
    name: "container_exit_code",
    help: "Exit code of the container's last run, while it does not run.",
    source: "inspect: State.ExitCode",
    observe: ({ state }, point) => point(state.exitCode),
  },
];

function wholeSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.floor(seconds);
}
