import { DOCKER, type Platform, V1, V2 } from "./row.ts";

interface NotAvailable {
  readonly names: readonly string[];
  readonly platforms: readonly Platform[];
  readonly reason: string;
  /** Only for such containers; all others have it. */
  readonly only?: "on the host's network" | "without a nofile ulimit of their own";
  /** cAdvisor defines it, but printed it on no machine that we recorded. */
  readonly notSeen?: true;
}

interface Difference {
  readonly names: readonly string[];
  readonly platforms: readonly Platform[];
  readonly cadvisor: string;
  readonly ours: string;
}

const CGROUP_FILE = "In the container's cgroup files only, not in the Engine API";
const PROCESS_FILES = "Counted over /proc of the container's processes, which only the host's root sees.";
const WHOLE_DEVICE =
  "cAdvisor repeats the whole device's counter (/proc/diskstats) for each container, which no container caused.";

const NETWORK = ["receive", "transmit"].flatMap((direction) =>
  ["bytes", "packets", "packets_dropped", "errors"].map((what) => `container_network_${direction}_${what}_total`),
);
const DISK_COUNTS = [
  "container_fs_reads_total",
  "container_fs_writes_total",
  "container_fs_reads_merged_total",
  "container_fs_writes_merged_total",
  "container_fs_read_seconds_total",
  "container_fs_write_seconds_total",
  "container_fs_io_time_seconds_total",
  "container_fs_io_current",
];

/** What cAdvisor 0.60.5 prints and we don't, with the reason. A test holds it against recorded pages of both. */
export const NOT_AVAILABLE: readonly NotAvailable[] = [
  {
    names: ["container_cpu_cfs_burst_periods_total", "container_cpu_cfs_burst_seconds_total"],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (cpu.stat: nr_bursts, burst_usec).`,
  },
  {
    names: ["container_cpu_load_average_10s", "container_cpu_load_d_average_10s", "container_tasks_state"],
    platforms: DOCKER,
    reason: "A constant 0 unless cAdvisor runs with its load reader (off by default).",
  },
  {
    names: [
      "container_cpu_schedstat_run_periods_total",
      "container_cpu_schedstat_run_seconds_total",
      "container_cpu_schedstat_runqueue_seconds_total",
      "container_file_descriptors",
      "container_sockets",
    ],
    platforms: V2,
    reason: PROCESS_FILES,
  },
  {
    names: [
      "container_pressure_cpu_stalled_seconds_total",
      "container_pressure_cpu_waiting_seconds_total",
      "container_pressure_io_stalled_seconds_total",
      "container_pressure_io_waiting_seconds_total",
      "container_pressure_memory_stalled_seconds_total",
      "container_pressure_memory_waiting_seconds_total",
    ],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (cpu.pressure, io.pressure, memory.pressure); a constant 0 on cgroup v1.`,
  },
  {
    names: ["container_memory_swap"],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (v1: memory.stat total_swap; v2: memory.swap.current).`,
  },
  {
    names: ["container_memory_kernel_usage"],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (v1: memory.kmem.usage_in_bytes); a constant 0 on cgroup v2.`,
  },
  { names: ["container_memory_max_usage_bytes"], platforms: V2, reason: `${CGROUP_FILE} (memory.peak).` },
  {
    names: ["container_memory_failcnt", "container_memory_migrate"],
    platforms: V2,
    reason: "A constant 0 on cgroup v2: the kernel has no such count.",
  },
  {
    names: ["container_memory_pgscan_total", "container_memory_pgsteal_total"],
    platforms: V1,
    reason: "A constant 0 on cgroup v1: the kernel has no such count.",
  },
  {
    names: ["container_memory_events_high_total", "container_memory_events_max_total"],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (memory.events); a constant 0 on cgroup v1.`,
  },
  {
    names: ["container_memory_workingset_refault_anon_total", "container_memory_workingset_refault_file_total"],
    platforms: DOCKER,
    reason: `${CGROUP_FILE} (memory.stat; the API's workingset_refault is always 0).`,
  },
  {
    names: ["container_hugetlb_usage_bytes", "container_hugetlb_max_usage_bytes", "container_hugetlb_failcnt"],
    platforms: V2,
    reason: `${CGROUP_FILE} (hugetlb.*).`,
  },
  {
    names: NETWORK,
    platforms: DOCKER,
    only: "on the host's network",
    reason: "The engine gives no counters for them; cAdvisor prints the host's interfaces for each.",
  },
  { names: DISK_COUNTS, platforms: V2, reason: `The API has no I/O counts on cgroup v2. ${WHOLE_DEVICE}` },
  {
    names: [
      "container_fs_sector_reads_total",
      "container_fs_sector_writes_total",
      "container_fs_io_time_weighted_seconds_total",
    ],
    platforms: DOCKER,
    reason: WHOLE_DEVICE,
  },
  {
    names: ["container_fs_limit_bytes", "container_fs_inodes_total", "container_fs_inodes_free"],
    platforms: DOCKER,
    reason: "Of the engine's file system on the host, not in the Engine API.",
  },
  {
    names: ["container_ulimits_soft"],
    platforms: V2,
    only: "without a nofile ulimit of their own",
    reason: "The engine does not tell the default.",
  },
  {
    names: ["machine_nvm_avg_power_budget_watts", "machine_nvm_capacity"],
    platforms: DOCKER,
    reason: "Intel Optane memory, which is no longer made; read with a library that needs root.",
  },
  {
    names: [
      "container_network_tcp_usage_total",
      "container_network_tcp6_usage_total",
      "container_network_udp_usage_total",
      "container_network_udp6_usage_total",
      "container_network_advance_tcp_stats_total",
      "container_referenced_bytes",
    ],
    platforms: DOCKER,
    notSeen: true,
    reason: PROCESS_FILES,
  },
  {
    names: ["container_memory_numa_pages", "container_memory_bandwidth_bytes", "container_llc_occupancy_bytes"],
    platforms: DOCKER,
    notSeen: true,
    reason: "From cgroup files or resctrl of the host.",
  },
  {
    names: ["container_perf_events_total", "container_perf_uncore_events_total"],
    platforms: DOCKER,
    notSeen: true,
    reason: "From the kernel's perf subsystem, which needs root on the host.",
  },
];

/** Where both print a series, and ours says something else or is only sometimes there. */
export const DIFFERENCES: readonly Difference[] = [
  {
    names: ["container_spec_cpu_shares"],
    platforms: V2,
    cadvisor: "Computed back from cgroup v2's weight: 2597 for the default of 1024.",
    ours: "What was asked for (HostConfig.CpuShares, else 1024).",
  },
  {
    names: DISK_COUNTS,
    platforms: V1,
    cadvisor: WHOLE_DEVICE.replace("cAdvisor repeats", "Repeats"),
    ours: "The container's own count where its kernel keeps one (BFQ, CFQ), else no series.",
  },
  {
    names: ["container_fs_usage_bytes"],
    platforms: DOCKER,
    cadvisor: "Disk blocks of the writable layer and of the container's log, with the label device.",
    ours: "The writable layer's apparent size (SizeRw), without device. The group size, off by default.",
  },
  {
    names: ["cadvisor_version_info"],
    platforms: DOCKER,
    cadvisor: "cAdvisor's version; no engine version.",
    ours: "The engine's version, and ours as cadvisorVersion.",
  },
];

/** Differences that no page shows at one moment. */
export const FURTHER_DIFFERENCES: readonly string[] = [
  "`container_spec_memory_reservation_limit_bytes` on cgroup v2: cAdvisor prints 0 always (it reads memory.min, Docker writes memory.low); ours is HostConfig.MemoryReservation.",
  "`container_memory_file_dirty_bytes` and `_file_writeback_bytes` on cgroup v1: cAdvisor prints a constant 0; ours are the kernel's numbers.",
  "`name`: cAdvisor keeps a renamed container's old name until it is restarted itself; ours follows.",
  "`container_label_restartcount`: cAdvisor adds it once the restart policy has acted, and so begins new series at each restart; ours is the metric `container_restarts_total`.",
  "`container_label_…`: cAdvisor gives each container the labels of all, mostly empty; an empty label is an absent one, so ours are left out.",
  "Two label names that become one: cAdvisor's value changes from scrape to scrape; ours is that of the name which comes first in code unit order.",
  "`device`: where the name can't be known (a remote engine), cAdvisor's is empty; ours is the number, `254:0`, so that two devices stay two series.",
  "`container_start_time_seconds`: the time of the last start, as in cAdvisor since 0.57; before, it was the time of creation.",
  "`container_oom_events_total` on cgroup v1, and for containers that a kill ended: counted from the engine's events since the agent began to watch. One kill of a main process in six gave no event (engine 28.5).",
  "`id`: worked out from what the API tells. A cgroup parent in the daemon's own configuration, a relative `--cgroup-parent`, and rootless or nested engines are not told, and their real path differs.",
  "Windows: cAdvisor has no Windows containers. Ours are what the Host Compute Service counts, under the name of the series that means it; there are no errors, no threads, no page cache and no out-of-memory events, hence no such series. `interface` is the endpoint's GUID, `id` the container's id after `/docker/`.",
  "Stopped containers: cAdvisor forgets them; the group state goes on for them.",
];
