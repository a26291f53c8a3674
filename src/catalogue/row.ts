import type { ContainerSample, MachineSample, SweepSample } from "../sample/container-sample.ts";
import type { Group } from "./groups.ts";

export type Platform = "cgroup v1" | "cgroup v2" | "Podman" | "Windows";

export const EVERYWHERE: readonly Platform[] = ["cgroup v1", "cgroup v2", "Podman", "Windows"];
/** Of Linux. */
export const LINUX: readonly Platform[] = ["cgroup v1", "cgroup v2", "Podman"];
/** Docker's, of Linux. */
export const DOCKER: readonly Platform[] = ["cgroup v1", "cgroup v2"];
/** Docker's. */
export const DOCKER_AND_WINDOWS: readonly Platform[] = [...DOCKER, "Windows"];
export const V1: readonly Platform[] = ["cgroup v1"];
export const V2: readonly Platform[] = ["cgroup v2"];

/** Takes a series' value with its extra labels (name, value, name, value …). An absent value makes no series. */
export type PointWriter = (value: number | undefined, ...labels: readonly string[]) => void;

export interface RowContext {
  /** The sweep's time, by the agent's clock. */
  readonly atMs: number;
  /** cpu00, cpu01 … in place of total, where the engine tells them. */
  readonly cpuPerCore: boolean;
  readonly machine: MachineSample | undefined;
}

/** A metric: all that is known of it, once. */
interface RowHead {
  readonly name: string;
  /** A sentence, which is the metric's HELP too. */
  readonly help: string;
  readonly kind: "counter" | "gauge" | "upDownCounter";
  /** In UCUM: of OpenTelemetry's own names only, since receivers rename a metric by it. */
  readonly unit?: string;
  /** Label names beside those of every container (or machine). */
  readonly labels: readonly string[];
  readonly group: Group;
  /** The field of the Engine API, or whatever else it is read from. */
  readonly source: string;
  /** Where it can have a value. "cgroup v1" and "cgroup v2" are Docker's on Linux, "Windows" is Docker's on Windows. */
  readonly platforms: readonly Platform[];
  /** cAdvisor does not know it. */
  readonly ours?: true;
  readonly note?: string;
}

export interface ContainerRow extends RowHead {
  /** Also for containers that do not run. */
  readonly stoppedToo?: true;
  /** What a counter counts from, where it is not the container's start: it outlives restarts, or the agent itself counts. */
  readonly since?: "creation" | "counting";
  /** It is worked out from two sweeps, which are to be kept then. */
  readonly needsUsageCores?: true;
  observe(sample: ContainerSample, point: PointWriter, context: RowContext): void;
}

/** A row about the machine or the sweep itself. */
export interface SweepRow extends RowHead {
  /** The machine's carry machine_id, boot_id and system_uuid, as far as they are known; the host's its name as `machine`. */
  readonly about: "machine" | "host" | "agent";
  observe(sweep: SweepSample, point: PointWriter): void;
}
