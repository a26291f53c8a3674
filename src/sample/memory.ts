import type { EngineFacts } from "../engine/engine.ts";
import type { StatsReply } from "../engine/replies.ts";
import type { MemorySample } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";

interface MemorySources {
  readonly reply: StatsReply["memory_stats"];
  readonly oomEvents: number;
  readonly facts: EngineFacts;
}

type Statistics = Readonly<Record<string, number>>;

/** Absent for an empty reply: the engine gives one where the kernel has no memory controller (Raspberry Pi OS's default). */
export function memorySample({ reply, oomEvents, facts }: MemorySources): MemorySample | undefined {
  const memory = fieldsOf(reply);
  const usageBytes = quantity(memory?.usage);
  const statistics = fieldsOf(memory?.stats);
  if (memory === undefined || (usageBytes === undefined && statistics === undefined)) return undefined;
  // Podman's memory has no statistics (seen in 5.4), and its event stream knows no "oom" (libpod/events/config.go).
  if (statistics === undefined || facts.flavour === "podman") {
    return { usageBytes, maxUsageBytes: quantity(memory.max_usage) };
  }
  return isVersion1(statistics)
    ? {
        ...version1(statistics, usageBytes),
        maxUsageBytes: quantity(memory.max_usage),
        // moby leaves the key out when it is 0.
        limitHits: quantity(memory.failcnt ?? 0),
        oomEvents,
      }
    : { ...version2(statistics, usageBytes), oomEvents: version2OomEvents(memory.failcnt, oomEvents) };
}

/** Only v1's memory.stat has sums over the cgroup's subtree. */
function isVersion1(statistics: Statistics): boolean {
  return "total_cache" in statistics || "total_rss" in statistics || "hierarchical_memory_limit" in statistics;
}

function version1(statistics: Statistics, usageBytes: number | undefined): MemorySample {
  return {
    usageBytes,
    workingSetBytes: workingSet(usageBytes, quantity(statistics.total_inactive_file)),
    rssBytes: quantity(statistics.total_rss),
    cacheBytes: quantity(statistics.total_cache),
    mappedFileBytes: quantity(statistics.total_mapped_file),
    activeFileBytes: quantity(statistics.total_active_file),
    inactiveFileBytes: quantity(statistics.total_inactive_file),
    fileDirtyBytes: quantity(statistics.total_dirty),
    fileWritebackBytes: quantity(statistics.total_writeback),
    pageFaults: quantity(statistics.pgfault),
    majorPageFaults: quantity(statistics.pgmajfault),
  };
}

function version2(statistics: Statistics, usageBytes: number | undefined): MemorySample {
  return {
    usageBytes,
    workingSetBytes: workingSet(usageBytes, quantity(statistics.inactive_file)),
    rssBytes: quantity(statistics.anon),
    cacheBytes: quantity(statistics.file),
    mappedFileBytes: quantity(statistics.file_mapped),
    activeFileBytes: quantity(statistics.active_file),
    inactiveFileBytes: quantity(statistics.inactive_file),
    fileDirtyBytes: quantity(statistics.file_dirty),
    fileWritebackBytes: quantity(statistics.file_writeback),
    pagesScanned: quantity(statistics.pgscan),
    pagesReclaimed: quantity(statistics.pgsteal),
    pageFaults: quantity(statistics.pgfault),
    majorPageFaults: quantity(statistics.pgmajfault),
  };
}

/** Clamped: the two numbers are not read at the same instant. */
function workingSet(usageBytes: number | undefined, inactiveFileBytes: number | undefined): number | undefined {
  if (usageBytes === undefined || inactiveFileBytes === undefined) return undefined;
  return Math.max(0, usageBytes - inactiveFileBytes);
}

/**
 * On v2 moby's failcnt is "oom" of memory.events, left out when 0. It begins anew with the cgroup, so a kill that ended the
 * container itself is only in the event stream, while kills before the agent began to watch are only here: the greater
 * of the two misses least.
 */
function version2OomEvents(failcnt: number | undefined, oomEvents: number): number {
  return Math.max(quantity(failcnt) ?? 0, oomEvents);
}
