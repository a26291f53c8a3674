import { createHash } from "node:crypto";
import { type Load, loadOfSeed } from "./counters.ts";
import { type ContainerLog, createContainerLog } from "./logs/container-log.ts";
import type { EngineProfile } from "./profile.ts";

export type Health = "starting" | "healthy" | "unhealthy";

/** What `docker run` would be given. */
export interface RunOptions {
  readonly name?: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: readonly string[];
  readonly command?: readonly string[];
  /** The networks that it is in; `networkMode` says so of none, host and container:<id>. */
  readonly networks?: readonly string[];
  readonly networkMode?: string;
  readonly memoryLimitBytes?: number;
  readonly memorySwapLimitBytes?: number;
  readonly memoryReservationBytes?: number;
  readonly nanoCpus?: number;
  /** This and the two below are of Windows. */
  readonly cpuCount?: number;
  readonly cpuPercent?: number;
  readonly isolation?: "process" | "hyperv";
  readonly cpuShares?: number;
  readonly cpuQuotaMicroseconds?: number;
  readonly cpuPeriodMicroseconds?: number;
  readonly pidsLimit?: number;
  readonly openFilesLimit?: number;
  readonly cgroupParent?: string;
  readonly restartPolicy?: string;
  /** json-file, local or none; others can't be read. */
  readonly logDriver?: string;
  /** `--log-opt`: max-size and max-file. */
  readonly logOptions?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  /** true: a health check that has not answered yet */
  readonly healthcheck?: boolean | Health;
  /** How busy it is, where the seed's own choice does not suit. */
  readonly load?: Partial<Load>;
  /** It was started so long ago. */
  readonly startedAgoMs?: number;
}

/** What `docker update` can change. */
export type UpdateOptions = Pick<
  RunOptions,
  | "memoryLimitBytes"
  | "memorySwapLimitBytes"
  | "memoryReservationBytes"
  | "nanoCpus"
  | "cpuShares"
  | "cpuQuotaMicroseconds"
  | "cpuPeriodMicroseconds"
  | "pidsLimit"
  | "restartPolicy"
>;

export interface SimulatedContainer {
  readonly id: string;
  /** Counts up from 1: addresses and process numbers come of it. */
  readonly ordinal: number;
  readonly seed: number;
  readonly load: Load;
  readonly createdAtMs: number;
  readonly log: ContainerLog;
  name: string;
  options: RunOptions;
  status: "created" | "running" | "paused" | "restarting" | "exited";
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  /** How long it ran (without pauses) before `resumedAtMs`, in this run. */
  activeBeforeMs: number;
  resumedAtMs: number;
  exitCode: number;
  restartCount: number;
  oomKilled: boolean;
  oomEvents: number;
  health: Health | undefined;
}

export interface ContainerSurroundings {
  /** Counts up from 1. */
  readonly ordinal: number;
  readonly clock: () => number;
  readonly flavour: EngineProfile["flavour"];
}

export function newContainer(
  options: RunOptions,
  { ordinal, clock, flavour }: ContainerSurroundings,
): SimulatedContainer {
  const nowMs = clock();
  const name = options.name ?? `container-${ordinal}`;
  const id = hexId(`${ordinal}/${name}`);
  const seed = Number.parseInt(id.slice(0, 8), 16);
  const load = { ...loadOfSeed(seed), ...options.load };
  return {
    id,
    ordinal,
    seed,
    load: options.nanoCpus ? { ...load, cpuCores: Math.min(load.cpuCores, options.nanoCpus / 1e9) } : load,
    createdAtMs: nowMs - (options.startedAgoMs ?? 0),
    log: createContainerLog({
      driver: options.logDriver ?? "json-file",
      options: options.logOptions ?? {},
      tty: options.tty ?? false,
      flavour,
      clock,
    }),
    name,
    options,
    status: "created",
    startedAtMs: undefined,
    finishedAtMs: undefined,
    activeBeforeMs: 0,
    resumedAtMs: 0,
    exitCode: 0,
    restartCount: 0,
    oomKilled: false,
    oomEvents: 0,
    health: undefined,
  };
}

/** Has processes: a container that waits for its restart policy has none. */
export function isUp(container: SimulatedContainer): boolean {
  return container.status === "running" || container.status === "paused";
}

/** How long it has been running in this run, without the time that it was paused. */
export function activeMs(container: SimulatedContainer, nowMs: number): number {
  const sinceResumedMs = container.status === "running" ? Math.max(0, nowMs - container.resumedAtMs) : 0;
  return container.activeBeforeMs + sinceResumedMs;
}

export function imageOf(container: SimulatedContainer): string {
  return container.options.image ?? "busybox:latest";
}

export function commandOf(container: SimulatedContainer): readonly string[] {
  return container.options.command ?? ["sleep", "infinity"];
}

/** "bridge", "none", "host", "container:<id>", or the first network. */
export function networkModeOf({ options }: SimulatedContainer): string {
  return options.networkMode ?? options.networks?.[0] ?? "bridge";
}

/** By name; a container that shares another's stack has none of its own. */
export function networksOf(container: SimulatedContainer): readonly string[] {
  const mode = networkModeOf(container);
  if (mode.startsWith("container:")) return [];
  return mode === "none" || mode === "host" ? [mode] : (container.options.networks ?? [mode]);
}

/** Only then does the kernel count periods. */
export function hasCpuQuota({ options }: SimulatedContainer): boolean {
  return (options.nanoCpus ?? 0) > 0 || (options.cpuQuotaMicroseconds ?? 0) > 0;
}

/** 64 hex digits that are always the same for the same text. */
export function hexId(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
