import type { ContainerSample, DiskSample, NetworkSample } from "./container-sample.ts";

/** What a container did in each second between two of its samples. A part that either lacks is absent. */
export interface Rates {
  /** Cores in use: 1.5 is one and a half. */
  readonly cpuCores?: number | undefined;
  readonly receiveBytes?: number | undefined;
  readonly transmitBytes?: number | undefined;
  readonly readBytes?: number | undefined;
  readonly writeBytes?: number | undefined;
}

/** Nothing for a first sample, for one of a moment not later, or of a counter that began anew. */
export function ratesBetween(before: ContainerSample | undefined, now: ContainerSample): Rates {
  if (before?.readAtMs === undefined || now.readAtMs === undefined || now.readAtMs <= before.readAtMs) return {};
  const seconds = (now.readAtMs - before.readAtMs) / 1000;
  const rate = (earlier: number | undefined, later: number | undefined) =>
    earlier === undefined || later === undefined || later < earlier ? undefined : (later - earlier) / seconds;
  return {
    cpuCores: rate(before.cpu?.usageSeconds, now.cpu?.usageSeconds),
    receiveBytes: rate(sum(before.networks, received), sum(now.networks, received)),
    transmitBytes: rate(sum(before.networks, sent), sum(now.networks, sent)),
    readBytes: rate(sum(before.disks, read), sum(now.disks, read)),
    writeBytes: rate(sum(before.disks, written), sum(now.disks, written)),
  };
}

const received = (network: NetworkSample) => network.receiveBytes;
const sent = (network: NetworkSample) => network.transmitBytes;
const read = (disk: DiskSample) => disk.readBytes;
const written = (disk: DiskSample) => disk.writeBytes;

function sum<T>(parts: readonly T[] | undefined, of: (part: T) => number | undefined): number | undefined {
  const values = parts?.flatMap((part) => of(part) ?? []) ?? [];
  return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
}
