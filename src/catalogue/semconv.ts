import { type ContainerRow, DOCKER, DOCKER_AND_WINDOWS, EVERYWHERE, LINUX } from "./row.ts";

const BYTES = { kind: "upDownCounter", unit: "By", labels: [], platforms: EVERYWHERE } as const;
const STATS = "stats: memory_stats";

/**
 * OpenTelemetry's semantic conventions for containers (1.44, status development; model/container/metrics.yaml), by the names of the
 * package @opentelemetry/semantic-conventions 1.45.0, against which a test holds them.
 */
export const SEMCONV_ROWS: readonly ContainerRow[] = [
  {
    name: "container.uptime",
    help: "The time the container has been running.",
    kind: "gauge",
    unit: "s",
    labels: [],
    group: "spec",
    source: "stats: read; inspect: State.StartedAt",
    platforms: EVERYWHERE,
    observe({ readAtMs, spec: { startedAtSeconds } }, point) {
      if (readAtMs === undefined || startedAtSeconds === undefined) return;
      point(Math.max(0, readAtMs / 1000 - startedAtSeconds));
    },
  },
  {
    name: "container.cpu.time",
    help: "Total CPU time consumed.",
    kind: "counter",
    unit: "s",
    labels: ["cpu.mode"],
    group: "cpu",
    source: "stats: cpu_stats.cpu_usage.usage_in_usermode, .usage_in_kernelmode, else .total_usage",
    platforms: EVERYWHERE,
    note: "By the modes user and system where the engine tells them apart, else one series without a mode.",
    observe({ cpu }, point) {
      if (cpu?.userSeconds === undefined || cpu.systemSeconds === undefined) return point(cpu?.usageSeconds);
      point(cpu.userSeconds, "cpu.mode", "user");
      point(cpu.systemSeconds, "cpu.mode", "system");
    },
  },
  {
    name: "container.cpu.usage",
    help: "Container's CPU usage, measured in CPUs. Range from 0 to the number of allocatable CPUs.",
    kind: "gauge",
    unit: "{cpu}",
    labels: [],
    group: "cpu",
    source: "stats: cpu_stats.cpu_usage.total_usage, between two sweeps",
    platforms: EVERYWHERE,
    note: "Absent at a container's first sweep.",
    needsUsageCores: true,
    observe: ({ cpu }, point) => point(cpu?.usageCores),
  },
  {
    ...BYTES,
    name: "container.memory.usage",
    help: "Memory usage of the container.",
    group: "memory",
    source: `${STATS}.usage (Windows: commitbytes)`,
    observe: ({ memory }, point) => point(memory?.usageBytes),
  },
  {
    ...BYTES,
    name: "container.memory.available",
    help: "Container memory available.",
    group: "memory",
    source: `inspect: HostConfig.Memory − ${STATS}.usage + inactive_file`,
    platforms: DOCKER_AND_WINDOWS,
    note: "The limit less the working set. Only with a limit.",
    observe({ memory, spec: { memoryLimitBytes = 0 } }, point) {
      if (memory?.workingSetBytes === undefined || memoryLimitBytes === 0) return;
      point(Math.max(0, memoryLimitBytes - memory.workingSetBytes));
    },
  },
  {
    ...BYTES,
    name: "container.memory.rss",
    help: "Container memory RSS.",
    group: "memory",
    source: `${STATS}.stats.anon (v1: total_rss; Windows: privateworkingset)`,
    platforms: DOCKER_AND_WINDOWS,
    observe: ({ memory }, point) => point(memory?.rssBytes),
  },
  {
    ...BYTES,
    name: "container.memory.working_set",
    help: "Container memory working set.",
    group: "memory",
    source: `${STATS}.usage − stats.inactive_file (v1: total_inactive_file), at least 0; Windows: privateworkingset`,
    platforms: DOCKER_AND_WINDOWS,
    observe: ({ memory }, point) => point(memory?.workingSetBytes),
  },
  {
    name: "container.paging.faults",
    help: "Container memory paging faults.",
    kind: "counter",
    unit: "{fault}",
    labels: ["system.paging.fault.type"],
    group: "memory",
    source: `${STATS}.stats.pgfault, .pgmajfault`,
    platforms: DOCKER,
    observe({ memory }, point) {
      if (memory?.pageFaults === undefined || memory.majorPageFaults === undefined) return;
      point(Math.max(0, memory.pageFaults - memory.majorPageFaults), "system.paging.fault.type", "minor");
      point(memory.majorPageFaults, "system.paging.fault.type", "major");
    },
  },
  {
    name: "container.disk.io",
    help: "Disk bytes for the container.",
    kind: "counter",
    unit: "By",
    labels: ["disk.io.direction", "system.device"],
    group: "disk",
    source: "stats: blkio_stats.io_service_bytes_recursive; Windows: storage_stats",
    platforms: EVERYWHERE,
    note: "Windows tells of no devices: its series have no system.device.",
    observe({ disks = [] }, point) {
      for (const { device, readBytes, writeBytes } of disks) {
        point(readBytes, "disk.io.direction", "read", "system.device", device);
        point(writeBytes, "disk.io.direction", "write", "system.device", device);
      }
    },
  },
  {
    name: "container.network.io",
    help: "Network bytes for the container.",
    kind: "counter",
    unit: "By",
    labels: ["network.io.direction", "network.interface.name"],
    group: "network",
    source: "stats: networks",
    platforms: EVERYWHERE,
    observe({ networks = [] }, point) {
      for (const { interface: name, receiveBytes, transmitBytes } of networks) {
        point(receiveBytes, "network.io.direction", "receive", "network.interface.name", name);
        point(transmitBytes, "network.io.direction", "transmit", "network.interface.name", name);
      }
    },
  },
  {
    ...BYTES,
    name: "container.filesystem.usage",
    help: "Container filesystem usage.",
    group: "size",
    source: "list: SizeRw, with size=1",
    platforms: LINUX,
    note: "The writable layer. The engine does not tell container.filesystem.available and .capacity.",
    observe: ({ sizeRwBytes }, point) => point(sizeRwBytes),
  },
];
