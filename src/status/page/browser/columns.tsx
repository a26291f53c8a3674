import type { ComponentChildren } from "preact";
import type { PageContainer } from "../page-model.ts";
import { age, bytes, bytesPerSecond, cores, count } from "./format.ts";

export interface Column {
  readonly key: string;
  readonly title: string;
  /** Said by the header's tooltip. */
  readonly help: string;
  /** What it is sorted by; those that have none come last either way. */
  readonly value: (container: PageContainer, nowMs: number) => number | string | undefined;
  readonly cell: (container: PageContainer, nowMs: number) => ComponentChildren;
  readonly numeric?: boolean;
  /** Left out on narrow screens: "wide" first, then "medium". */
  readonly from?: "medium" | "wide";
  /** A small chart of the last hour beside it. */
  readonly chart?: "cpuCores" | "memoryBytes";
}

const PROBLEMS = ["error", "critical"];

export const COLUMNS: readonly Column[] = [
  {
    key: "name",
    title: "Container",
    help: "The container's name and image",
    value: ({ name }) => name.toLowerCase(),
    cell: ({ id, name, image }) => (
      <>
        <a href={`#/container/${id}`}>{name}</a>
        <small title={image}>{image}</small>
      </>
    ),
  },
  {
    key: "status",
    title: "State",
    help: "What the engine says of it, and for how long it has been up",
    value: ({ status }) => status,
    cell: ({ status, health, exitCode, startedAtSeconds }, nowMs) => (
      <>
        <span class={`mark ${mark(status, health, exitCode)}`}>{health === undefined ? status : health}</span>
        <small>{startedAtSeconds === undefined ? exit(exitCode) : age(nowMs / 1000 - startedAtSeconds)}</small>
      </>
    ),
  },
  {
    key: "cpu",
    title: "CPU",
    help: "Of one core: 150 % is one and a half cores",
    numeric: true,
    chart: "cpuCores",
    value: ({ cpuCores }) => cpuCores,
    cell: ({ cpuCores, cpuLimitCores }) => (
      <>
        {cores(cpuCores)}
        <small>{cpuLimitCores === undefined ? "" : `of ${cores(cpuLimitCores)}`}</small>
      </>
    ),
  },
  {
    key: "memory",
    title: "Memory",
    help: "The working set, against the limit where there is one",
    numeric: true,
    chart: "memoryBytes",
    value: ({ memoryBytes }) => memoryBytes,
    cell: ({ memoryBytes, memoryLimitBytes }) => (
      <>
        {bytes(memoryBytes)}
        {memoryBytes === undefined || memoryLimitBytes === undefined ? null : (
          <small>
            <meter min={0} max={memoryLimitBytes} high={memoryLimitBytes * 0.9} value={memoryBytes} />
            {` of ${bytes(memoryLimitBytes)}`}
          </small>
        )}
      </>
    ),
  },
  {
    key: "network",
    title: "Network",
    help: "Received and sent, a second",
    numeric: true,
    from: "medium",
    value: ({ receiveBytes, transmitBytes }) => sum(receiveBytes, transmitBytes),
    cell: ({ receiveBytes, transmitBytes }) => both("in", receiveBytes, "out", transmitBytes),
  },
  {
    key: "disk",
    title: "Disk",
    help: "Read and written, a second",
    numeric: true,
    from: "wide",
    value: ({ readBytes, writeBytes }) => sum(readBytes, writeBytes),
    cell: ({ readBytes, writeBytes }) => both("read", readBytes, "write", writeBytes),
  },
  {
    key: "restarts",
    title: "Restarts",
    help: "By the restart policy, since it was last started by hand",
    numeric: true,
    from: "wide",
    value: ({ restarts }) => restarts,
    cell: ({ restarts }) => count(restarts),
  },
  {
    key: "logs",
    title: "Log lines",
    help: "Since the agent began to count; errors and worse below",
    numeric: true,
    from: "medium",
    value: ({ logLines }) => lines(logLines),
    cell: ({ logLines }) => {
      const bad = logLines === undefined ? 0 : PROBLEMS.reduce((total, level) => total + (logLines[level] ?? 0), 0);
      return (
        <>
          {count(lines(logLines))}
          <small class={bad > 0 ? "bad" : ""}>{bad > 0 ? `${count(bad)} ${bad === 1 ? "error" : "errors"}` : ""}</small>
        </>
      );
    },
  },
];

export function mark(status: string, health?: string, exitCode?: number): "good" | "bad" | "warn" | "off" {
  if (health === "unhealthy" || status === "dead" || status === "restarting") return "bad";
  if (health === "starting" || status === "paused" || status === "removing") return "warn";
  if (status === "running") return "good";
  return exitCode === undefined || exitCode === 0 ? "off" : "bad";
}

function exit(code: number | undefined): string {
  return code === undefined ? "" : `exit code ${code}`;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

function both(a: string, first: number | undefined, b: string, second: number | undefined): ComponentChildren {
  return (
    <>
      {first === undefined ? null : <span title={a}>{`${ARROWS[a]} ${bytesPerSecond(first)}`}</span>}
      {second === undefined ? null : <small title={b}>{`${ARROWS[b]} ${bytesPerSecond(second)}`}</small>}
    </>
  );
}

const ARROWS: Record<string, string> = { in: "↓", out: "↑", read: "R", write: "W" };

export function lines(logLines: PageContainer["logLines"]): number | undefined {
  return logLines === undefined ? undefined : Object.values(logLines).reduce((total, n) => total + n, 0);
}
