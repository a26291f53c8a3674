import type { SimulatedContainer } from "./container.ts";
import type { Counters } from "./counters.ts";
import type { EngineProfile } from "./profile.ts";

const KERNEL_STACK_BYTES = 16384;
const SLAB_BYTES = 258_048;

/** cgroup v2's memory.current and memory.stat, with the 31 keys that engine 28.5 passes on. */
export function memoryOfV2(container: SimulatedContainer, counters: Counters, profile: EngineProfile): object {
  const { anon, file, limit } = sizes(container, counters, profile);
  const stacks = KERNEL_STACK_BYTES * container.load.threads;
  const inactiveFile = Math.floor(file * 0.6);
  return {
    usage: anon + file + stacks + SLAB_BYTES,
    stats: {
      active_anon: anon,
      active_file: file - inactiveFile,
      anon,
      anon_thp: 0,
      file,
      file_dirty: Math.min(file, 8192),
      file_mapped: Math.floor(file / 4),
      file_writeback: 0,
      inactive_anon: 0,
      inactive_file: inactiveFile,
      kernel_stack: stacks,
      pgactivate: 0,
      pgdeactivate: 0,
      pgfault: counters.pageFaults,
      pglazyfree: 0,
      pglazyfreed: 0,
      pgmajfault: counters.majorPageFaults,
      pgrefill: 0,
      pgscan: counters.majorPageFaults * 64,
      pgsteal: counters.majorPageFaults * 32,
      shmem: 0,
      slab: SLAB_BYTES,
      slab_reclaimable: SLAB_BYTES - 98_304,
      slab_unreclaimable: 98_304,
      sock: 0,
      thp_collapse_alloc: 0,
      thp_fault_alloc: 0,
      unevictable: 0,
      workingset_activate: 0,
      workingset_nodereclaim: 0,
      workingset_refault: 0,
    },
    // moby: memory.events' count of "oom", left out while it is 0.
    ...(container.oomEvents > 0 ? { failcnt: container.oomEvents } : {}),
    limit,
  };
}

/** What cgroup v1 says of "no limit": the greatest multiple of a page in 63 bits. */
const UNLIMITED = 2 ** 63 - 4096;

/** cgroup v1's memory.stat, with the 32 keys of engine 20.10. */
export function memoryOfV1(container: SimulatedContainer, counters: Counters, profile: EngineProfile): object {
  const { anon, file, limit } = sizes(container, counters, profile);
  const inactiveFile = Math.floor(file * 0.6);
  const own = {
    active_anon: Math.floor(anon / 8),
    active_file: file - inactiveFile,
    cache: file,
    dirty: 0,
    inactive_anon: anon - Math.floor(anon / 8),
    inactive_file: inactiveFile,
    mapped_file: Math.floor(file / 4),
    pgfault: counters.pageFaults,
    pgmajfault: counters.majorPageFaults,
    pgpgin: counters.pageFaults,
    pgpgout: Math.floor(counters.pageFaults / 2),
    rss: anon,
    rss_huge: 0,
    unevictable: 0,
    writeback: 0,
  };
  const usage = anon + file + SLAB_BYTES;
  return {
    usage,
    max_usage: Math.min(limit, Math.floor(container.load.memoryBytes * 1.5) + SLAB_BYTES),
    stats: {
      ...own,
      hierarchical_memory_limit: container.options.memoryLimitBytes || UNLIMITED,
      hierarchical_memsw_limit: memorySwapLimit(container) || UNLIMITED,
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`total_${name}`, value])),
    },
    ...(container.oomEvents > 0 ? { failcnt: container.oomEvents * 17 } : {}),
    limit,
  };
}

/** Memory and swap together, as HostConfig has it: the engine's default is twice the memory. */
export function memorySwapLimit({ options }: SimulatedContainer): number {
  return options.memorySwapLimitBytes ?? (options.memoryLimitBytes ?? 0) * 2;
}

/** Never more than the limit; what does not fit is taken from the page cache, as the kernel does. */
function sizes({ options }: SimulatedContainer, counters: Counters, { memoryBytes }: EngineProfile) {
  const limit = Math.min(options.memoryLimitBytes || memoryBytes, memoryBytes);
  const anon = Math.min(counters.anonBytes, Math.floor((limit * 0.9) / 4096) * 4096);
  const room = Math.max(0, limit - anon - SLAB_BYTES - KERNEL_STACK_BYTES * 64);
  return { anon, file: Math.min(counters.fileBytes, Math.floor(room / 4096) * 4096), limit };
}
