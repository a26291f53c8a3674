/**
 * The fields of Engine API replies that we read, as API 1.40 … 1.56 and Podman's compat API give them: any of them may be
 * missing or null (https://docs.docker.com/reference/api/engine/, and the recordings in test/fixtures).
 */

type Maybe<T> = T | null | undefined;

export interface PingReply {
  readonly apiVersion?: string | undefined;
  readonly osType?: string | undefined;
  /** The `Server` header: "Docker/28.5.2 (linux)", "Libpod/5.4.2 (linux)". */
  readonly server?: string | undefined;
}

export interface VersionReply {
  Version?: string;
  ApiVersion?: string;
  MinAPIVersion?: string;
  Os?: string;
  Arch?: string;
  KernelVersion?: string;
  Components?: Maybe<{ Name?: string; Version?: string }[]>;
}

export interface InfoReply {
  ID?: string;
  Name?: string;
  NCPU?: number;
  MemTotal?: number;
  KernelVersion?: string;
  OperatingSystem?: string;
  OSType?: string;
  Architecture?: string;
  ServerVersion?: string;
  CgroupDriver?: string;
  CgroupVersion?: string;
  DockerRootDir?: string;
  SecurityOptions?: Maybe<string[]>;
  /** Podman's way to say it; Docker lists "name=rootless" in SecurityOptions. */
  Rootless?: boolean;
}

/** GET /containers/json */
export interface ContainerSummary {
  Id: string;
  Names?: Maybe<string[]>;
  Image?: string;
  ImageID?: string;
  /** Seconds since the Unix epoch. */
  Created?: number;
  /** created, restarting, running, removing, paused, exited, dead */
  State?: string;
  Status?: string;
  Labels?: Maybe<Record<string, string>>;
  SizeRw?: number;
  SizeRootFs?: number;
}

/** GET /containers/{id}/json */
export interface ContainerInspect {
  Id: string;
  /** With a leading slash, except Podman's. */
  Name?: string;
  Created?: string;
  RestartCount?: number;
  SizeRw?: number;
  State?: Maybe<{
    Status?: string;
    Running?: boolean;
    Paused?: boolean;
    Restarting?: boolean;
    OOMKilled?: boolean;
    ExitCode?: number;
    StartedAt?: string;
    FinishedAt?: string;
    Health?: Maybe<{ Status?: string }>;
  }>;
  Config?: Maybe<{
    Image?: string;
    Labels?: Maybe<Record<string, string>>;
    /** Read only for variables that the settings name one by one. */
    Env?: Maybe<string[]>;
    Tty?: boolean;
  }>;
  HostConfig?: Maybe<{
    NetworkMode?: string;
    AutoRemove?: boolean;
    CgroupParent?: string;
    CpuShares?: number;
    CpuPeriod?: number;
    CpuQuota?: number;
    NanoCpus?: number;
    /** Of Windows, as is CpuPercent. */
    CpuCount?: number;
    CpuPercent?: number;
    Memory?: number;
    MemorySwap?: number;
    MemoryReservation?: number;
    PidsLimit?: Maybe<number>;
    Ulimits?: Maybe<{ Name?: string; Soft?: number; Hard?: number }[]>;
    LogConfig?: Maybe<LogConfig>;
  }>;
}

/** Where the engine keeps what a container prints: the driver, and its options. */
export interface LogConfig {
  Type?: string;
  Config?: Maybe<Record<string, string>>;
}

export interface BlkioEntry {
  major?: number;
  minor?: number;
  op?: string;
  value?: number;
}

/** GET /containers/{id}/stats?stream=false&one-shot=true */
export interface StatsReply {
  /** RFC 3339 with nanoseconds; "0001-01-01T00:00:00Z" when the container does not run. */
  read?: string;
  id?: string;
  name?: string;
  os_type?: string;
  num_procs?: number;
  pids_stats?: Maybe<{ current?: number; limit?: number }>;
  cpu_stats?: Maybe<{
    cpu_usage?: Maybe<{
      total_usage?: number;
      percpu_usage?: Maybe<number[]>;
      usage_in_kernelmode?: number;
      usage_in_usermode?: number;
    }>;
    system_cpu_usage?: number;
    online_cpus?: number;
    throttling_data?: Maybe<{ periods?: number; throttled_periods?: number; throttled_time?: number }>;
  }>;
  memory_stats?: Maybe<{
    usage?: number;
    max_usage?: number;
    failcnt?: number;
    limit?: number;
    stats?: Maybe<Record<string, number>>;
    commitbytes?: number;
    commitpeakbytes?: number;
    privateworkingset?: number;
  }>;
  blkio_stats?: Maybe<{
    io_service_bytes_recursive?: Maybe<BlkioEntry[]>;
    io_serviced_recursive?: Maybe<BlkioEntry[]>;
    io_queue_recursive?: Maybe<BlkioEntry[]>;
    io_service_time_recursive?: Maybe<BlkioEntry[]>;
    io_wait_time_recursive?: Maybe<BlkioEntry[]>;
    io_merged_recursive?: Maybe<BlkioEntry[]>;
    io_time_recursive?: Maybe<BlkioEntry[]>;
    sectors_recursive?: Maybe<BlkioEntry[]>;
  }>;
  storage_stats?: Maybe<{
    read_count_normalized?: number;
    read_size_bytes?: number;
    write_count_normalized?: number;
    write_size_bytes?: number;
  }>;
  networks?: Maybe<
    Record<
      string,
      Maybe<{
        rx_bytes?: number;
        rx_packets?: number;
        rx_errors?: number;
        rx_dropped?: number;
        tx_bytes?: number;
        tx_packets?: number;
        tx_errors?: number;
        tx_dropped?: number;
      }>
    >
  >;
}

/** GET /containers/{id}/top */
export interface TopReply {
  Titles?: Maybe<string[]>;
  Processes?: Maybe<string[][]>;
}

/** One line of GET /events. */
export interface EventReply {
  Type?: string;
  Action?: string;
  Actor?: Maybe<{ ID?: string; Attributes?: Maybe<Record<string, string>> }>;
  time?: number;
  timeNano?: number;
}
