/**
 * What one container used and is, in base units (seconds, bytes, counts): after this room nothing knows cgroup versions,
 * Windows or Podman. A part or a field that the source does not give is absent, never zero.
 */
export interface ContainerSample {
  /** The same object for as long as nothing in it changes: label sets are cached by it. */
  readonly identity: ContainerIdentity;
  /** Milliseconds since the epoch by the engine's clock: when the engine read these numbers. Absent when it read none (stopped). */
  readonly readAtMs?: number;
  readonly spec: ContainerSpec;
  readonly state: ContainerState;
  readonly cpu?: CpuSample;
  readonly memory?: MemorySample;
  readonly networks?: readonly NetworkSample[];
  readonly disks?: readonly DiskSample[];
  readonly tasks?: TaskSample;
  /** From `top`, an opt-in group. */
  readonly processCount?: number;
  /** Bytes of the writable layer, from `size=1`, an opt-in group. */
  readonly sizeRwBytes?: number;
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
  readonly createdAtSeconds?: number;
  /** Seconds since the epoch, with fractions. Absent if it never ran. */
  readonly startedAtSeconds?: number;
  readonly cpuShares?: number;
  readonly cpuPeriodMicroseconds?: number;
  /** Absent without a quota. */
  readonly cpuQuotaMicroseconds?: number;
  /** 0: no limit. */
  readonly memoryLimitBytes?: number;
  readonly memorySwapLimitBytes?: number;
  readonly memoryReservationBytes?: number;
  readonly openFilesSoftLimit?: number;
}

export interface ContainerState {
  readonly status: string;
  readonly running: boolean;
  readonly paused: boolean;
  readonly restartCount?: number;
  /** Of the last run; absent while running for the first time. */
  readonly exitCode?: number;
  readonly finishedAtSeconds?: number;
  /** absent: the engine did not tell */
  readonly health?: "healthy" | "unhealthy" | "starting" | "none";
}

export interface CpuSample {
  readonly usageSeconds?: number;
  readonly userSeconds?: number;
  readonly systemSeconds?: number;
  /** By core number; cgroup v1 only. */
  readonly perCoreSeconds?: readonly number[];
  /** Present only where a quota is set, as in cAdvisor. */
  readonly throttling?: {
    readonly periods: number;
    readonly throttledPeriods: number;
    readonly throttledSeconds: number;
  };
}

export interface MemorySample {
  readonly usageBytes?: number;
  readonly maxUsageBytes?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
  readonly cacheBytes?: number;
  readonly mappedFileBytes?: number;
  readonly activeFileBytes?: number;
  readonly inactiveFileBytes?: number;
  readonly fileDirtyBytes?: number;
  readonly fileWritebackBytes?: number;
  readonly pagesScanned?: number;
  readonly pagesReclaimed?: number;
  readonly pageFaults?: number;
  readonly majorPageFaults?: number;
  /** cgroup v1's memory.failcnt. */
  readonly limitHits?: number;
  readonly oomEvents?: number;
}

export interface NetworkSample {
  readonly interface: string;
  readonly receiveBytes?: number;
  readonly receivePackets?: number;
  readonly receiveErrors?: number;
  readonly receiveDropped?: number;
  readonly transmitBytes?: number;
  readonly transmitPackets?: number;
  readonly transmitErrors?: number;
  readonly transmitDropped?: number;
}

/** One block device's share; `device` is "/dev/sda", or "" where the name can't be known. */
export interface DiskSample {
  readonly device: string;
  readonly major?: number;
  readonly minor?: number;
  readonly readBytes?: number;
  readonly writeBytes?: number;
  readonly reads?: number;
  readonly writes?: number;
  readonly readsMerged?: number;
  readonly writesMerged?: number;
  readonly readSeconds?: number;
  readonly writeSeconds?: number;
  readonly ioSeconds?: number;
  readonly sectors?: number;
  /** io_service_bytes_recursive as it came, by cAdvisor's operation name (Read, Write, Sync …), for container_blkio_device_usage_total. */
  readonly bytesByOperation?: Readonly<Record<string, number>>;
}

export interface TaskSample {
  readonly threads?: number;
  /** 0: no limit, as cAdvisor says it. */
  readonly threadsMax?: number;
}

/** What is known of the machine that the engine runs on. */
export interface MachineSample {
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  /** The rest is readable only where the agent runs on the engine's own machine. */
  readonly swapBytes?: number;
  readonly physicalCores?: number;
  readonly sockets?: number;
  readonly machineId?: string;
  readonly bootId?: string;
  readonly systemUuid?: string;
  readonly kernelVersion?: string;
  readonly osVersion?: string;
  readonly dockerVersion?: string;
}

/** Everything that one sweep over the engine found: what the catalogue turns into families. */
export interface SweepSample {
  /** Milliseconds since the epoch by the agent's clock, growing from sweep to sweep. */
  readonly atMs: number;
  /** Empty when the engine could not be read. */
  readonly containers: readonly ContainerSample[];
  readonly machine?: MachineSample;
  /** The sweep could not list the engine's containers. */
  readonly engineFailed: boolean;
}
