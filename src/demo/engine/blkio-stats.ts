import type { Counters } from "./counters.ts";

/** The Engine's name for every array of `blkio_stats`. */
export const NO_BLKIO = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

/** The disk that it is all on, by the kernel's numbers: /dev/vda. */
const DISK = { major: 254, minor: 0 };

/** cgroup v2: bytes only, operations in lower case; null for a container that no io.stat line speaks of (28.5). */
export function blkioOfV2({ readBytes, writeBytes }: Counters): object {
  if (readBytes + writeBytes === 0) return NO_BLKIO;
  const entries = [entry("read", readBytes), entry("write", writeBytes)];
  return { ...NO_BLKIO, io_service_bytes_recursive: entries };
}

/** cgroup v1: all eight, as blkio.*_recursive gives them with the CFQ/BFQ scheduler; empty lists while nothing was moved. */
export function blkioOfV1({ readBytes, writeBytes }: Counters, activeMs: number): object {
  if (readBytes + writeBytes === 0) return Object.fromEntries(Object.keys(NO_BLKIO).map((name) => [name, []]));
  const [reads, writes] = [Math.ceil(readBytes / 16384), Math.ceil(writeBytes / 16384)];
  return {
    io_service_bytes_recursive: byOperation(readBytes, writeBytes),
    io_serviced_recursive: byOperation(reads, writes),
    io_queue_recursive: byOperation(0, 0),
    io_service_time_recursive: byOperation(reads * 180_000, writes * 240_000),
    io_wait_time_recursive: byOperation(reads * 20_000, writes * 35_000),
    io_merged_recursive: byOperation(Math.floor(reads / 9), Math.floor(writes / 5)),
    io_time_recursive: [entry("", Math.floor(activeMs / 50))],
    sectors_recursive: [entry("", (readBytes + writeBytes) / 512)],
  };
}

function entry(op: string, value: number) {
  return { ...DISK, op, value };
}

function byOperation(read: number, write: number) {
  return [
    entry("Read", read),
    entry("Write", write),
    entry("Sync", read),
    entry("Async", write),
    entry("Discard", 0),
    entry("Total", read + write),
  ];
}
