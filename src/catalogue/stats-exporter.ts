import type { ContainerSample, DiskSample, NetworkSample } from "../sample/container-sample.ts";
import { MEMORY_USAGE_ROW } from "./memory.ts";
import { type ContainerRow, EVERYWHERE, type SweepRow } from "./row.ts";
import { LAST_SEEN_ROW, STATE_ROW } from "./state.ts";

const COUNTER = { kind: "counter", labels: [], platforms: EVERYWHERE } as const;

/** The "Docker stats exporter" on port 8003: cAdvisor's names, one series a container where cAdvisor has several. */
export const STATS_EXPORTER_ROWS: readonly ContainerRow[] = [
  LAST_SEEN_ROW,
  STATE_ROW,
  {
    ...COUNTER,
    name: "container_cpu_usage_seconds_total",
    help: "Cumulative CPU time consumed, in seconds.",
    group: "cpu",
    source: "stats: cpu_stats.cpu_usage.total_usage",
    observe: ({ cpu }, point) => point(cpu?.usageSeconds),
  },
  MEMORY_USAGE_ROW,
  {
    ...COUNTER,
    name: "container_network_receive_bytes_total",
    help: "Cumulative count of bytes received, over all interfaces.",
    group: "network",
    source: "stats: networks.*.rx_bytes",
    observe: (sample, point) => point(overInterfaces(sample, ({ receiveBytes }) => receiveBytes)),
  },
  {
    ...COUNTER,
    name: "container_network_transmit_bytes_total",
    help: "Cumulative count of bytes transmitted, over all interfaces.",
    group: "network",
    source: "stats: networks.*.tx_bytes",
    observe: (sample, point) => point(overInterfaces(sample, ({ transmitBytes }) => transmitBytes)),
  },
  {
    ...COUNTER,
    name: "container_fs_reads_bytes_total",
    help: "Cumulative count of bytes read, over all devices.",
    group: "disk",
    source: "stats: blkio_stats.io_service_bytes_recursive, op read; Windows: storage_stats.read_size_bytes",
    observe: (sample, point) => point(overDevices(sample, ({ readBytes }) => readBytes)),
  },
  {
    ...COUNTER,
    name: "container_fs_writes_bytes_total",
    help: "Cumulative count of bytes written, over all devices.",
    group: "disk",
    source: "stats: blkio_stats.io_service_bytes_recursive, op write; Windows: storage_stats.write_size_bytes",
    observe: (sample, point) => point(overDevices(sample, ({ writeBytes }) => writeBytes)),
  },
];

const AGENT = { labels: [], platforms: EVERYWHERE, group: "agent", about: "agent", source: "the sweep" } as const;

export const STATS_EXPORTER_SWEEP_ROWS: readonly SweepRow[] = [
  {
    ...AGENT,
    name: "docker_exporter_scrape_duration_seconds",
    help: "Time that the last sweep over all containers took, in seconds.",
    kind: "gauge",
    observe: ({ reading }, point) => point(reading?.durationSeconds),
  },
  {
    ...AGENT,
    name: "docker_exporter_containers_scraped",
    help: "Number of running containers that the last sweep could read.",
    kind: "gauge",
    observe: ({ reading }, point) => point(reading?.containersRead),
  },
  {
    ...AGENT,
    name: "docker_exporter_scrape_errors_total",
    help: "Number of containers, and of lists of them, that could not be read.",
    kind: "counter",
    labels: ["error_type"],
    note: "The error types are container_stats and docker_api.",
    observe({ reading }, point) {
      point(reading?.failedContainers, "error_type", "container_stats");
      point(reading?.failedLists, "error_type", "docker_api");
    },
  },
];

function overInterfaces({ networks }: ContainerSample, of: (network: NetworkSample) => number | undefined) {
  return sum(networks?.map(of));
}

function overDevices({ disks }: ContainerSample, of: (disk: DiskSample) => number | undefined) {
  return sum(disks?.map(of));
}

/** Of what is there; nothing, where nothing is. */
function sum(values: readonly (number | undefined)[] = []): number | undefined {
  let total: number | undefined;
  for (const value of values) if (value !== undefined) total = (total ?? 0) + value;
  return total;
}
