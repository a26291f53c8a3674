import { join } from "node:path";
import type { MachineCache, MachineThread } from "../sample/container-sample.ts";
import type { ReadText } from "./devices.ts";

const MOST_CACHES = 16;

/**
 * The caches of each core, seen from one of its threads; one that all threads of the node share is listed once, for the
 * node (as cAdvisor 0.60 has it: utils/sysinfo, addCacheInfo; sysfs: cpuN/cache/indexM).
 */
export function readCaches(
  threads: readonly MachineThread[],
  { cpuFolder, read }: { cpuFolder: string; read: ReadText },
): MachineCache[] {
  const caches = new Map<string, MachineCache>();
  const cores = new Map(threads.map((thread) => [`${thread.nodeId}:${thread.coreId}`, thread]));
  for (const { nodeId, coreId, threadId, siblings } of cores.values()) {
    const threadsOfNode = threads.filter((thread) => thread.nodeId === nodeId).length;
    for (let index = 0; index < MOST_CACHES; index++) {
      const file = (name: string) => read(join(cpuFolder, `cpu${threadId}`, "cache", `index${index}`, name))?.trim();
      const [level, type, sizeBytes] = [file("level"), file("type"), bytesOf(file("size"))];
      if (level === undefined || type === undefined || sizeBytes === undefined) break;
      const sharers = countOf(file("shared_cpu_list"));
      const ofNode = sharers > siblings && sharers === threadsOfNode;
      const cache = { nodeId, coreId: ofNode ? "" : coreId, level, type, sizeBytes };
      caches.set(JSON.stringify([nodeId, cache.coreId, level, type]), cache);
    }
  }
  return [...caches.values()];
}

/** "512K", "16M" */
function bytesOf(text: string | undefined): number | undefined {
  const match = /^(\d+)([KM])$/.exec(text ?? "");
  return match === null ? undefined : Number(match[1]) * (match[2] === "K" ? 1024 : 1024 * 1024);
}

/** How many CPUs a list such as "0-3,8" names. */
function countOf(list: string | undefined): number {
  let count = 0;
  for (const range of (list ?? "").split(",").filter(Boolean)) {
    const [first, last = first] = range.split("-").map(Number) as [number, number?];
    count += last - first + 1;
  }
  return count;
}
