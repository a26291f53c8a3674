import type { ContainerInspect, StatsReply } from "../../../src/engine/replies.ts";

/** What the engine itself says of a container, both replies of about the same moment. */
export interface Reading {
  readonly inspect: ContainerInspect;
  readonly stats: StatsReply;
  readonly processCount: number;
  /** When the engine was asked. */
  readonly atMs: number;
}

export interface ExpectedPoint {
  /** Beyond those that every series of the container has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Expectation = (reading: Reading) => ExpectedPoint[];

/**
 * cAdvisor's series of a running or paused container on cgroup v1, each from the Engine API's own words, written down apart from
 * the catalogue's rows: the two must say the same.
 */
export const RUNNING_SERIES: Readonly<Record<string, Expectation>> = {
  container_cpu_usage_seconds_total: ({ stats }) =>
    point(stats.cpu_stats?.cpu_usage?.total_usage, { scale: 1e9, labels: { cpu: "total" } }),
  container_cpu_user_seconds_total: ({ stats }) => point(stats.cpu_stats?.cpu_usage?.usage_in_usermode, { scale: 1e9 }),
  container_cpu_system_seconds_total: ({ stats }) =>
    point(stats.cpu_stats?.cpu_usage?.usage_in_kernelmode, { scale: 1e9 }),
  container_cpu_cfs_periods_total: withQuota(({ periods }) => point(periods)),
  container_cpu_cfs_throttled_periods_total: withQuota(({ throttled_periods }) => point(throttled_periods)),
  container_cpu_cfs_throttled_seconds_total: withQuota(({ throttled_time }) => point(throttled_time, { scale: 1e9 })),

  container_memory_usage_bytes: ({ stats }) => point(stats.memory_stats?.usage),
  container_memory_max_usage_bytes: ({ stats }) => point(stats.memory_stats?.max_usage),
  container_memory_working_set_bytes: ({ stats }) =>
    point((stats.memory_stats?.usage ?? 0) - (stats.memory_stats?.stats?.total_inactive_file ?? 0)),
  container_memory_rss: memory("total_rss"),
  container_memory_cache: memory("total_cache"),
  container_memory_file_dirty_bytes: memory("total_dirty"),
  container_memory_file_writeback_bytes: memory("total_writeback"),
  container_memory_mapped_file: memory("total_mapped_file"),
  container_memory_total_active_file_bytes: memory("total_active_file"),
  container_memory_total_inactive_file_bytes: memory("total_inactive_file"),
  // The engine leaves a failcnt of 0 out (`omitempty`).
  container_memory_failcnt: ({ stats }) => point(stats.memory_stats?.failcnt ?? 0),
  container_memory_failures_total: ({ stats: { memory_stats } }) =>
    ["container", "hierarchy"].flatMap((scope) => [
      ...point(memory_stats?.stats?.pgfault, { labels: { failure_type: "pgfault", scope } }),
      ...point(memory_stats?.stats?.pgmajfault, { labels: { failure_type: "pgmajfault", scope } }),
    ]),

  // Of the population no one is killed while it is watched.
  container_oom_events_total: () => point(0),

  container_network_receive_bytes_total: network("rx_bytes"),
  container_network_receive_packets_total: network("rx_packets"),
  container_network_receive_errors_total: network("rx_errors"),
  container_network_receive_packets_dropped_total: network("rx_dropped"),
  container_network_transmit_bytes_total: network("tx_bytes"),
  container_network_transmit_packets_total: network("tx_packets"),
  container_network_transmit_errors_total: network("tx_errors"),
  container_network_transmit_packets_dropped_total: network("tx_dropped"),

  container_threads: ({ stats }) => point(stats.pids_stats?.current),
  container_threads_max: ({ stats }) => point(stats.pids_stats?.limit ?? 0),
  container_processes: ({ processCount }) => point(processCount),
  container_fs_usage_bytes: ({ inspect }) => point(inspect.SizeRw),

  container_spec_cpu_shares: ({ inspect }) => point(inspect.HostConfig?.CpuShares || 1024),
  container_spec_cpu_period: ({ inspect }) => point(inspect.HostConfig?.CpuPeriod || 100_000),
  container_spec_cpu_quota: ({ inspect: { HostConfig: host } }) =>
    point(host?.CpuQuota || (host?.NanoCpus ?? 0) / 1e4 || undefined),
  container_spec_memory_limit_bytes: ({ inspect }) => point(inspect.HostConfig?.Memory),
  container_spec_memory_swap_limit_bytes: ({ inspect }) => point(inspect.HostConfig?.MemorySwap),
  container_spec_memory_reservation_limit_bytes: ({ inspect }) => point(inspect.HostConfig?.MemoryReservation),
  container_start_time_seconds: ({ inspect }) => point(wholeSeconds(inspect.State?.StartedAt)),
  container_creation_time_seconds: ({ inspect }) => point(wholeSeconds(inspect.Created)),
  container_last_seen: ({ atMs }) => point(Math.floor(atMs / 1000)),
  container_health_state: ({ inspect }) => point(HEALTH[inspect.State?.Health?.Status ?? "none"]),
  container_ulimits_soft: ({ inspect }) =>
    point(inspect.HostConfig?.Ulimits?.find(({ Name }) => Name === "nofile")?.Soft, {
      labels: { ulimit: "max_open_files" },
    }),
};

/** Of every container, running or not. */
export const STATE_SERIES: Readonly<Record<string, Expectation>> = {
  container_state: ({ inspect }) => point(Number(inspect.State?.Running)),
  container_paused: ({ inspect }) => point(Number(inspect.State?.Paused)),
  container_restarts_total: ({ inspect }) => point(inspect.RestartCount),
  container_exit_code: ({ inspect: { State } }) => (State?.Status === "exited" ? point(State.ExitCode) : []),
};

/** Metrics of the catalogue that cgroup v1 may give and this machine's kernel does not: its block I/O lists stay empty. */
export const OF_BLOCK_IO = [
  "container_blkio_device_usage_total",
  "container_fs_io_current",
  "container_fs_io_time_seconds_total",
  "container_fs_read_seconds_total",
  "container_fs_reads_bytes_total",
  "container_fs_reads_merged_total",
  "container_fs_reads_total",
  "container_fs_write_seconds_total",
  "container_fs_writes_bytes_total",
  "container_fs_writes_merged_total",
  "container_fs_writes_total",
];

export function hasBlockIo({ stats }: Reading): boolean {
  return Object.values(stats.blkio_stats ?? {}).some((entries) => (entries?.length ?? 0) > 0);
}

/** cAdvisor 0.60.5: no health check is -1, and only "healthy" is 1. */
const HEALTH: Record<string, number> = { none: -1, healthy: 1, starting: 0, unhealthy: 0 };

function point(
  value: number | undefined,
  { labels = {}, scale = 1 }: { labels?: Record<string, string>; scale?: number } = {},
): ExpectedPoint[] {
  return value === undefined ? [] : [{ labels, value: value / scale }];
}

function memory(key: string): Expectation {
  return ({ stats }) => point(stats.memory_stats?.stats?.[key]);
}

type NetworkField = "bytes" | "packets" | "errors" | "dropped";

function network(field: `${"rx" | "tx"}_${NetworkField}`): Expectation {
  return ({ stats }) =>
    Object.entries(stats.networks ?? {}).flatMap(([name, counts]) =>
      point(counts?.[field], { labels: { interface: name } }),
    );
}

type Throttling = NonNullable<NonNullable<StatsReply["cpu_stats"]>["throttling_data"]>;

/** cAdvisor prints these only where a quota is set; the engine always gives their zeros. */
function withQuota(read: (throttling: Throttling) => ExpectedPoint[]): Expectation {
  return ({ inspect: { HostConfig: host }, stats }) =>
    host?.CpuQuota || host?.NanoCpus ? read(stats.cpu_stats?.throttling_data ?? {}) : [];
}

function wholeSeconds(time: string | undefined): number {
  return Math.floor(Date.parse(time ?? "") / 1000);
}
