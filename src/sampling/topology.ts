import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { MachineTopology } from "../sample/container-sample.ts";
import { readCaches } from "./caches.ts";
import { type ReadText, readText } from "./devices.ts";

/**
 * Cores, sockets, caches and NUMA nodes from sysfs, which every container sees
 * (Linux: Documentation/ABI/testing/sysfs-devices-system-cpu, stable/sysfs-devices-node).
 * `root` is "/sys" but for tests. What a kernel or a virtual machine does not show is absent.
 */
export function readTopology({
  root = "/sys",
  read = readText,
}: {
  root?: string;
  read?: ReadText;
} = {}): MachineTopology {
  const system = join(root, "devices/system");
  const threads = numbered(join(system, "cpu"), "cpu").map((cpu) =>
    readThread(join(system, "cpu", `cpu${cpu}`), cpu, read),
  );
  const known = threads.filter((thread) => thread.coreId !== undefined);
  const nodes = numbered(join(system, "node"), "node").map((node) =>
    readNode(join(system, "node", `node${node}`), node, read),
  );
  const nodeOf = new Map(nodes.flatMap((node) => node.cpus.map((cpu) => [cpu, node.id] as const)));
  const hardwareThreads = known.map((thread) => ({
    nodeId: nodeOf.get(thread.cpu) ?? "",
    coreId: thread.coreId as string,
    threadId: String(thread.cpu),
    siblings: known.filter((other) => other.socketId === thread.socketId && other.coreId === thread.coreId).length,
  }));
  return {
    ...(known.length > 0 && {
      physicalCores: new Set(known.map((thread) => `${thread.socketId}:${thread.coreId}`)).size,
      sockets: new Set(known.map((thread) => thread.socketId)).size,
      books: new Set(known.flatMap((thread) => thread.bookId ?? [])).size,
      drawers: new Set(known.flatMap((thread) => thread.drawerId ?? [])).size,
    }),
    threads: hardwareThreads,
    nodes: nodes.map(({ cpus: _cpus, ...node }) => node),
    caches: readCaches(hardwareThreads, { cpuFolder: join(system, "cpu"), read }),
  };
}

function readThread(folder: string, cpu: number, read: ReadText) {
  const topology = (file: string) => {
    const value = read(join(folder, "topology", file))?.trim();
    return value === undefined || value === "" || value === "-1" ? undefined : value;
  };
  return {
    cpu,
    coreId: topology("core_id"),
    socketId: topology("physical_package_id") ?? "0",
    bookId: topology("book_id"),
    drawerId: topology("drawer_id"),
  };
}

function readNode(folder: string, id: number, read: ReadText) {
  const totalKiB = /MemTotal:\s+(\d+) kB/.exec(read(join(folder, "meminfo")) ?? "")?.[1];
  const hugepages = list(join(folder, "hugepages")).flatMap((name) => {
    const pageSizeKiB = /^hugepages-(\d+)kB$/.exec(name)?.[1];
    const count = Number(read(join(folder, "hugepages", name, "nr_hugepages")));
    return pageSizeKiB === undefined || Number.isNaN(count) ? [] : [{ pageSizeKiB, count }];
  });
  const distances = (read(join(folder, "distance")) ?? "").trim().split(/\s+/).filter(Boolean).map(Number);
  return {
    id: String(id),
    cpus: numbered(folder, "cpu"),
    ...(totalKiB !== undefined && { memoryBytes: Number(totalKiB) * 1024 }),
    hugepages,
    distances,
  };
}

function numbered(folder: string, prefix: string): number[] {
  const pattern = new RegExp(`^${prefix}(\\d+)$`);
  return list(folder)
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
