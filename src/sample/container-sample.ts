/**
 * What one container used and is, in base units (seconds, bytes, counts): after this room nothing knows cgroup versions,
 * Windows or Podman. A part or a field that the source does not give is absent, never zero.
 */
export interface ContainerSample {
  /** The same object for as long as nothing in it changes: label sets are cached by it. */
  readonly identity: ContainerIdentity;
  /** Milliseconds since the epoch by the engine's clock: when the engine read these numbers. Absent when it read none (stopped). */
  readonly readAtMs?: number | undefined;
  readonly spec: ContainerSpec;
  readonly state: ContainerState;
  readonly cpu?: CpuSample | undefined;
  readonly memory?: MemorySample | undefined;
  readonly networks?: readonly NetworkSample[] | undefined;
  readonly disks?: readonly DiskSample[] | undefined;
  readonly tasks?: TaskSample | undefined;
  /** From `top`, an opt-in group. */
  readonly processCount?: number | undefined;
  /** Apparent bytes of the writable layer, from `size=1`, an opt-in group. */
  readonly sizeRwBytes?: number | undefined;
  /** Where the container's log is kept. */
  readonly logs?: LogSample | undefined;
}

/** Who the container is: what its labels are made of. */
export interface ContainerIdentity {
  /** 64 hex digits. */
  readonly containerId: string;
  /** cAdvisor's `id`: the container's cgroup path. */
  readonly cgroupPath: string;
  readonly name: string;
  /** As the user typed it (inspect's Config.Image). */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Environment variables that the settings name one by one. */
  readonly env: Readonly<Record<string, string>>;
}

/** What was asked for at `docker run` or `docker update`. */
export interface ContainerSpec {
  readonly createdAtSeconds?: number | undefined;
  /** Seconds since the epoch, with fractions. Absent if it never ran. */
  readonly startedAtSeconds?: number | undefined;
  readonly cpuShares?: number | undefined;
  readonly cpuPeriodMicroseconds?: number | undefined;
  /** Absent without a quota. */
  readonly cpuQuotaMicroseconds?: number | undefined;
  /** 0: no limit. */
  readonly memoryLimitBytes?: number | undefined;
  /** cgroup v1: memory and swap together; v2: swap alone. 0: no limit, or (v2) no swap. */
  readonly memorySwapLimitBytes?: number | undefined;
  readonly memoryReservationBytes?: number | undefined;
  /** -1: unlimited. Absent unless given at `docker run`. */
  readonly openFilesSoftLimit?: number | undefined;
  /** Absent without one. */
  readonly pidsLimit?: number | undefined;
}

export interface ContainerState {
  /** created, running, paused, restarting, removing, exited or dead. */
  readonly status: string;
  /** Has live processes: running or paused, but not waiting for its next restart. */
  readonly running: boolean;
  readonly paused: boolean;
  /** Restarts by the restart policy; a start by hand sets it to 0. */
  readonly restartCount?: number | undefined;
  /** Of the last run; absent while running, for then the engine says 0 whatever came before (moby 28.5, SetRunning). */
  readonly exitCode?: number | undefined;
  readonly finishedAtSeconds?: number | undefined;
  /** absent: the engine did not tell */
  readonly health?: Health | undefined;
}

/** "none": there is no health check. */
export type Health = "healthy" | "unhealthy" | "starting" | "none";

export interface CpuSample {
  readonly usageSeconds?: number | undefined;
  /** Cores in use between the last two readings; only where it is wanted. */
  readonly usageCores?: number | undefined;
  readonly userSeconds?: number | undefined;
  readonly systemSeconds?: number | undefined;
  /** By core number; cgroup v1 only. */
  readonly perCoreSeconds?: readonly number[] | undefined;
  /** Present only where a quota is set, as in cAdvisor. */
  readonly throttling?: ThrottlingSample | undefined;
}

export interface ThrottlingSample {
  readonly periods?: number | undefined;
  readonly throttledPeriods?: number | undefined;
  readonly throttledSeconds?: number | undefined;
}

export interface MemorySample {
  readonly usageBytes?: number | undefined;
  readonly maxUsageBytes?: number | undefined;
  readonly workingSetBytes?: number | undefined;
  readonly rssBytes?: number | undefined;
  readonly cacheBytes?: number | undefined;
  readonly mappedFileBytes?: number | undefined;
  readonly activeFileBytes?: number | undefined;
  readonly inactiveFileBytes?: number | undefined;
  readonly fileDirtyBytes?: number | undefined;
  readonly fileWritebackBytes?: number | undefined;
  readonly pagesScanned?: number | undefined;
  readonly pagesReclaimed?: number | undefined;
  readonly pageFaults?: number | undefined;
  readonly majorPageFaults?: number | undefined;
  /** cgroup v1's memory.failcnt. */
  readonly limitHits?: number | undefined;
  readonly oomEvents?: number | undefined;
}

export interface NetworkSample {
  readonly interface: string;
  readonly receiveBytes?: number | undefined;
  readonly receivePackets?: number | undefined;
  readonly receiveErrors?: number | undefined;
  readonly receiveDropped?: number | undefined;
  readonly transmitBytes?: number | undefined;
  readonly transmitPackets?: number | undefined;
  readonly transmitErrors?: number | undefined;
  readonly transmitDropped?: number | undefined;
}

/** One block device's share; `device` is "/dev/sda", or "8:0" (major:minor) where the name can't be known. */
export interface DiskSample {
  readonly device: string;
  readonly major?: number | undefined;
  readonly minor?: number | undefined;
  readonly readBytes?: number | undefined;
  readonly writeBytes?: number | undefined;
  readonly reads?: number | undefined;
  readonly writes?: number | undefined;
  readonly readsMerged?: number | undefined;
  readonly writesMerged?: number | undefined;
  readonly readSeconds?: number | undefined;
  readonly writeSeconds?: number | undefined;
  readonly ioSeconds?: number | undefined;
  readonly ioInProgress?: number | undefined;
  /** io_service_bytes_recursive as it came, by cAdvisor's operation name (Read, Write, Sync …), for container_blkio_device_usage_total. */
  readonly bytesByOperation?: Readonly<Record<string, number>> | undefined;
}

export interface TaskSample {
  readonly threads?: number | undefined;
  /** 0: no limit, as cAdvisor says it. */
  readonly threadsMax?: number | undefined;
}

/** What the agent itself counted of the container's log. */
export interface LogSample {
  /** When the counting began. */
  readonly sinceSeconds: number;
  readonly levels: readonly {
    /** trace, debug, info, warning, error, critical or unknown */
    readonly level: string;
    readonly lines: number;
    /** Absent before the first line. */
    readonly latestTimeSeconds?: number | undefined;
  }[];
}

/** Cores, sockets and NUMA nodes, as sysfs shows them. */
export interface MachineTopology {
  readonly physicalCores?: number | undefined;
  readonly sockets?: number | undefined;
  /** Levels above the socket, on s390 only: 0 elsewhere. */
  readonly books?: number | undefined;
  readonly drawers?: number | undefined;
  readonly threads?: readonly MachineThread[] | undefined;
  readonly nodes?: readonly MachineNode[] | undefined;
  readonly caches?: readonly MachineCache[] | undefined;
}

/** A core's own cache, or one that the whole node shares. */
export interface MachineCache {
  readonly nodeId: string;
  /** "" for a cache of the whole node. */
  readonly coreId: string;
  readonly level: string;
  /** Data, Instruction, Unified */
  readonly type: string;
  readonly sizeBytes: number;
}

export interface MachineThread {
  /** "" where the kernel shows no NUMA nodes. */
  readonly nodeId: string;
  readonly coreId: string;
  readonly threadId: string;
  /** How many threads the core has, this one among them. */
  readonly siblings: number;
}

export interface MachineNode {
  readonly id: string;
  readonly memoryBytes?: number | undefined;
  readonly hugepages: readonly { readonly pageSizeKiB: string; readonly count: number }[];
  /** To the nodes in the order of their ids; 10 is the node itself. */
  readonly distances: readonly number[];
}

/** What is known of the machine that the engine runs on. */
export interface MachineSample extends MachineTopology {
  readonly cpuCores?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** As the engine tells it. */
  readonly hostName?: string | undefined;
  /** The rest is readable only where the agent runs on the engine's own machine. */
  readonly swapBytes?: number | undefined;
  readonly machineId?: string | undefined;
  readonly bootId?: string | undefined;
  readonly systemUuid?: string | undefined;
  readonly kernelVersion?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly dockerVersion?: string | undefined;
  readonly agentVersion?: string | undefined;
}

/** Everything that one sweep over the engine found: what the catalogue turns into families. */
export interface SweepSample {
  /** Milliseconds since the epoch by the agent's clock, growing from sweep to sweep. */
  readonly atMs: number;
  /** Empty when the engine could not be read. */
  readonly containers: readonly ContainerSample[];
  readonly machine?: MachineSample | undefined;
  /** The sweep could not list the engine's containers. */
  readonly engineFailed: boolean;
  readonly reading?: ReadingSample | undefined;
}

/** How the sweep itself went. */
export interface ReadingSample {
  readonly durationSeconds: number;
  /** Containers that run and gave their numbers. */
  readonly containersRead: number;
  /** Since the counting began: lists of containers, and containers, that could not be read. */
  readonly failedLists: number;
  readonly failedContainers: number;
  readonly countedSinceSeconds: number;
}
