import type { BlkioEntry, StatsReply } from "../engine/replies.ts";
import type { DiskSample } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";

/** A block device's name ("/dev/sda"), where the agent's machine knows it. */
export type DeviceNames = (major: number, minor: number) => string | undefined;

type Draft = { -readonly [Field in keyof DiskSample]: DiskSample[Field] } & { major: number; minor: number };
type Visit = (draft: Draft, operation: string, value: number) => void;

/** cgroup v1 writes Read, v2 read; Podman (#16139) adds operations of other units under names that are none of these. */
const OPERATIONS: Readonly<Record<string, string>> = {
  read: "Read",
  write: "Write",
  sync: "Sync",
  async: "Async",
  discard: "Discard",
  total: "Total",
};

/** By device number, so that names are given in the same order at every sweep. Of two entries for one thing the first counts. */
export function diskSamples(reply: StatsReply["blkio_stats"], devices: DeviceNames): DiskSample[] | undefined {
  const blkio = fieldsOf(reply);
  if (blkio === undefined) return undefined;
  const drafts = new Map<number, Draft>();
  visit(blkio.io_service_bytes_recursive, drafts, (draft, operation, value) => {
    const name = OPERATIONS[operation];
    if (name === undefined) return;
    draft.bytesByOperation = { [name]: value, ...draft.bytesByOperation };
    if (operation === "read") draft.readBytes ??= value;
    if (operation === "write") draft.writeBytes ??= value;
  });
  visit(blkio.io_serviced_recursive, drafts, (draft, operation, value) => {
    if (operation === "read") draft.reads ??= value;
    if (operation === "write") draft.writes ??= value;
  });
  visit(blkio.io_merged_recursive, drafts, (draft, operation, value) => {
    if (operation === "read") draft.readsMerged ??= value;
    if (operation === "write") draft.writesMerged ??= value;
  });
  visit(blkio.io_service_time_recursive, drafts, (draft, operation, nanoseconds) => {
    if (operation === "read") draft.readSeconds ??= nanoseconds / 1e9;
    if (operation === "write") draft.writeSeconds ??= nanoseconds / 1e9;
  });
  visit(blkio.io_queue_recursive, drafts, (draft, operation, value) => {
    if (operation === "total") draft.ioInProgress ??= value;
  });
  // blkio.time is in milliseconds and knows no operations (Linux, cgroup-v1/blkio-controller.rst).
  visit(blkio.io_time_recursive, drafts, (draft, _, milliseconds) => {
    draft.ioSeconds ??= milliseconds / 1000;
  });
  return named([...drafts.values()], devices);
}

function visit(entries: readonly BlkioEntry[] | null | undefined, drafts: Map<number, Draft>, each: Visit): void {
  if (!Array.isArray(entries)) return;
  for (const entry of entries) {
    const major = quantity(entry?.major);
    const minor = quantity(entry?.minor);
    const value = quantity(entry?.value);
    if (major === undefined || minor === undefined || value === undefined) continue;
    const number = major * 2 ** 20 + minor;
    const draft = drafts.get(number) ?? { device: `${major}:${minor}`, major, minor };
    drafts.set(number, draft);
    each(draft, typeof entry.op === "string" ? entry.op.toLowerCase() : "", value);
  }
}

/** A name that two devices would share goes to the first: two series with the same labels would lose the whole export. */
function named(drafts: Draft[], devices: DeviceNames): DiskSample[] {
  const taken = new Set<string>();
  drafts.sort((a, b) => a.major - b.major || a.minor - b.minor);
  for (const draft of drafts) {
    const name = devices(draft.major, draft.minor);
    if (name === undefined || name === "" || taken.has(name)) continue;
    taken.add(name);
    draft.device = name;
  }
  // A part that only other operations were in (Podman) says nothing of the device.
  return drafts.filter((draft) => Object.keys(draft).length > 3);
}
