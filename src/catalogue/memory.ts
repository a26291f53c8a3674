import type { MemorySample } from "../sample/container-sample.ts";
import { type ContainerRow, DOCKER, DOCKER_AND_WINDOWS, EVERYWHERE, type Platform, V1, V2 } from "./row.ts";

const MEMORY = { labels: [], group: "memory" } as const;
const STATS = "stats: memory_stats";

export const MEMORY_USAGE_ROW = gauge("container_memory_usage_bytes", "Memory in use, page cache included, in bytes.", {
  source: `${STATS}.usage (Windows: commitbytes)`,
  platforms: EVERYWHERE,
  note: "On Windows the commit: memory promised to the container's processes, in memory or in the page file.",
  value: (memory) => memory.usageBytes,
});

export const MEMORY_ROWS: readonly ContainerRow[] = [
  MEMORY_USAGE_ROW,
  gauge("container_memory_max_usage_bytes", "Highest memory usage recorded, in bytes.", {
    source: `${STATS}.max_usage (Windows: commitpeakbytes)`,
    platforms: ["cgroup v1", "Podman", "Windows"],
    note: "Podman gives it on cgroup v1 only.",
    value: (memory) => memory.maxUsageBytes,
  }),
  gauge("container_memory_working_set_bytes", "Memory in use that can't be freed at once, in bytes.", {
    source: `${STATS}.usage − stats.inactive_file (v1: total_inactive_file), at least 0; Windows: privateworkingset`,
    platforms: DOCKER_AND_WINDOWS,
    note: "On Windows the private working set.",
    value: (memory) => memory.workingSetBytes,
  }),
  gauge("container_memory_rss", "Anonymous memory, transparent huge pages included, in bytes.", {
    source: `${STATS}.stats.anon (v1: total_rss; Windows: privateworkingset)`,
    platforms: DOCKER_AND_WINDOWS,
    note: "On Windows the private working set too: what lies in memory and is shared with nobody.",
    value: (memory) => memory.rssBytes,
  }),
  gauge("container_memory_cache", "Page cache, in bytes.", {
    source: `${STATS}.stats.file (v1: total_cache)`,
    platforms: DOCKER,
    value: (memory) => memory.cacheBytes,
  }),
  gauge("container_memory_mapped_file", "Memory-mapped files, in bytes.", {
    source: `${STATS}.stats.file_mapped (v1: total_mapped_file)`,
    platforms: DOCKER,
    value: (memory) => memory.mappedFileBytes,
  }),
  gauge("container_memory_total_active_file_bytes", "Page cache on the active list, in bytes.", {
    source: `${STATS}.stats.active_file (v1: total_active_file)`,
    platforms: DOCKER,
    value: (memory) => memory.activeFileBytes,
  }),
  gauge("container_memory_total_inactive_file_bytes", "Page cache on the inactive list, in bytes.", {
    source: `${STATS}.stats.inactive_file (v1: total_inactive_file)`,
    platforms: DOCKER,
    value: (memory) => memory.inactiveFileBytes,
  }),
  gauge("container_memory_file_dirty_bytes", "Page cache that waits to be written to disk, in bytes.", {
    source: `${STATS}.stats.file_dirty (v1: total_dirty)`,
    platforms: DOCKER,
    note: "cAdvisor prints a constant 0 on cgroup v1; ours is the kernel's number.",
    value: (memory) => memory.fileDirtyBytes,
  }),
  gauge("container_memory_file_writeback_bytes", "Page cache that is being written to disk, in bytes.", {
    source: `${STATS}.stats.file_writeback (v1: total_writeback)`,
    platforms: DOCKER,
    note: "cAdvisor prints a constant 0 on cgroup v1; ours is the kernel's number.",
    value: (memory) => memory.fileWritebackBytes,
  }),
  {
    ...MEMORY,
    name: "container_memory_pgscan_total",
    help: "Cumulative count of pages that reclaim looked at.",
    kind: "counter",
    source: `${STATS}.stats.pgscan`,
    platforms: V2,
    observe: ({ memory }, point) => point(memory?.pagesScanned),
  },
  {
    ...MEMORY,
    name: "container_memory_pgsteal_total",
    help: "Cumulative count of pages that reclaim freed.",
    kind: "counter",
    source: `${STATS}.stats.pgsteal`,
    platforms: V2,
    observe: ({ memory }, point) => point(memory?.pagesReclaimed),
  },
  {
    ...MEMORY,
    name: "container_memory_failures_total",
    help: "Cumulative count of page faults, minor and major.",
    kind: "counter",
    labels: ["failure_type", "scope"],
    source: `${STATS}.stats.pgfault, .pgmajfault`,
    platforms: DOCKER,
    note: "As in cAdvisor, both scopes carry the same number: filter by one.",
    observe({ memory }, point) {
      point(memory?.pageFaults, "failure_type", "pgfault", "scope", "container");
      point(memory?.majorPageFaults, "failure_type", "pgmajfault", "scope", "container");
      point(memory?.pageFaults, "failure_type", "pgfault", "scope", "hierarchy");
      point(memory?.majorPageFaults, "failure_type", "pgmajfault", "scope", "hierarchy");
    },
  },
  gauge("container_memory_failcnt", "Number of times that memory usage hit its limit.", {
    source: `${STATS}.failcnt`,
    platforms: V1,
    note: "A counter without `_total`, as in cAdvisor: sent as a gauge, because receivers would add `_total`.",
    value: (memory) => memory.limitHits,
  }),
  {
    ...MEMORY,
    name: "container_oom_events_total",
    help: "Count of out-of-memory events observed for the container.",
    kind: "counter",
    since: "creation",
    source: `cgroup v1: events: oom, since the agent began to watch; v2: ${STATS}.failcnt, or the events where they are more`,
    platforms: DOCKER,
    observe: ({ memory }, point) => point(memory?.oomEvents),
  },
];

interface GaugeParts {
  readonly source: string;
  readonly platforms: readonly Platform[];
  readonly note?: string;
  value(memory: MemorySample): number | undefined;
}

function gauge(name: string, help: string, { value, ...head }: GaugeParts): ContainerRow {
  return {
    ...MEMORY,
    ...head,
    name,
    help,
    kind: "gauge",
    observe: ({ memory }, point) => memory && point(value(memory)),
  };
}
