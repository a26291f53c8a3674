import type { DiskSample } from "../sample/container-sample.ts";
import { type ContainerRow, EVERYWHERE, LINUX, V1 } from "./row.ts";

const DISK = { labels: ["device"], group: "disk" } as const;
const BLKIO = "stats: blkio_stats";
const OWN_COUNT =
  "The container's own count, where the kernel keeps one (cgroup v1 with the BFQ or CFQ scheduler); cAdvisor repeats the whole device's count for each container.";
const NO_DEVICE = "Windows tells of no devices: one series without the label `device`.";
const NORMALIZED = "On Windows the Host Compute Service's normalized count, without the label `device`.";

export const DISK_ROWS: readonly ContainerRow[] = [
  {
    ...DISK,
    name: "container_fs_reads_bytes_total",
    help: "Cumulative count of bytes read.",
    kind: "counter",
    source: `${BLKIO}.io_service_bytes_recursive, op read; Windows: storage_stats.read_size_bytes`,
    platforms: EVERYWHERE,
    note: NO_DEVICE,
    observe: byDevice((disk) => disk.readBytes),
  },
  {
    ...DISK,
    name: "container_fs_writes_bytes_total",
    help: "Cumulative count of bytes written.",
    kind: "counter",
    source: `${BLKIO}.io_service_bytes_recursive, op write; Windows: storage_stats.write_size_bytes`,
    platforms: EVERYWHERE,
    note: NO_DEVICE,
    observe: byDevice((disk) => disk.writeBytes),
  },
  {
    ...DISK,
    name: "container_blkio_device_usage_total",
    help: "Cumulative count of bytes transferred, by block device and operation.",
    kind: "counter",
    labels: ["device", "major", "minor", "operation"],
    source: `${BLKIO}.io_service_bytes_recursive`,
    platforms: LINUX,
    note: "cgroup v1 has the operations Sync, Async, Discard and Total beside Read and Write, as in cAdvisor: filter by operation before a sum.",
    observe({ disks = [] }, point) {
      for (const { device, major, minor, bytesByOperation } of disks) {
        for (const operation in bytesByOperation) {
          point(bytesByOperation[operation], ...deviceLabels(device, major, minor), "operation", operation);
        }
      }
    },
  },
  ownCount("container_fs_reads_total", "Cumulative count of reads completed.", {
    field: "io_serviced_recursive, op Read",
    windowsField: "read_count_normalized",
    value: (disk) => disk.reads,
  }),
  ownCount("container_fs_writes_total", "Cumulative count of writes completed.", {
    field: "io_serviced_recursive, op Write",
    windowsField: "write_count_normalized",
    value: (disk) => disk.writes,
  }),
  ownCount("container_fs_reads_merged_total", "Cumulative count of reads merged.", {
    field: "io_merged_recursive, op Read",
    value: (disk) => disk.readsMerged,
  }),
  ownCount("container_fs_writes_merged_total", "Cumulative count of writes merged.", {
    field: "io_merged_recursive, op Write",
    value: (disk) => disk.writesMerged,
  }),
  ownCount("container_fs_read_seconds_total", "Cumulative count of seconds spent reading.", {
    field: "io_service_time_recursive, op Read",
    value: (disk) => disk.readSeconds,
  }),
  ownCount("container_fs_write_seconds_total", "Cumulative count of seconds spent writing.", {
    field: "io_service_time_recursive, op Write",
    value: (disk) => disk.writeSeconds,
  }),
  ownCount("container_fs_io_time_seconds_total", "Cumulative count of seconds spent doing I/O.", {
    field: "io_time_recursive",
    value: (disk) => disk.ioSeconds,
  }),
  {
    ...DISK,
    name: "container_fs_io_current",
    help: "Number of I/O requests in progress.",
    kind: "gauge",
    source: `${BLKIO}.io_queue_recursive, op Total`,
    platforms: V1,
    note: OWN_COUNT,
    observe: byDevice((disk) => disk.ioInProgress),
  },
  {
    ...DISK,
    name: "container_fs_usage_bytes",
    help: "Bytes that the container consumes on its file system: the apparent size of its writable layer.",
    kind: "gauge",
    labels: [],
    group: "size",
    source: "list: SizeRw, with size=1",
    platforms: LINUX,
    note: "cAdvisor counts the disk blocks of the layer and of the container's log and names the device.",
    observe: ({ sizeRwBytes }, point) => point(sizeRwBytes),
  },
];

interface OwnCountParts {
  readonly field: string;
  readonly windowsField?: string;
  value(disk: DiskSample): number | undefined;
}

function ownCount(name: string, help: string, { field, windowsField, value }: OwnCountParts): ContainerRow {
  const row = { ...DISK, name, help, kind: "counter", observe: byDevice(value) } as const;
  const source = `${BLKIO}.${field}`;
  if (windowsField === undefined) return { ...row, source, platforms: V1, note: OWN_COUNT };
  return {
    ...row,
    source: `${source}; Windows: storage_stats.${windowsField}`,
    platforms: ["cgroup v1", "Windows"],
    note: `${OWN_COUNT} ${NORMALIZED}`,
  };
}

function byDevice(value: (disk: DiskSample) => number | undefined): ContainerRow["observe"] {
  return ({ disks = [] }, point) => {
    for (const disk of disks) point(value(disk), "device", disk.device);
  };
}

function deviceLabels(device: string, major: number | undefined, minor: number | undefined): string[] {
  return ["device", device, "major", String(major ?? ""), "minor", String(minor ?? "")];
}
