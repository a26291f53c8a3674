import type { MachineSample } from "../sample/container-sample.ts";
import { EVERYWHERE, LINUX, type Platform, type SweepRow } from "./row.ts";

const MACHINE = { kind: "gauge", labels: [], platforms: EVERYWHERE, about: "machine" } as const;
/** What /proc and /sys show. */
const SAME_MACHINE = { platforms: LINUX, note: "Only where the agent runs on the engine's machine." } as const;

export const MACHINE_ROWS: readonly SweepRow[] = [
  gauge("machine_cpu_cores", "Number of logical CPU cores.", {
    source: "info: NCPU",
    value: (machine) => machine.cpuCores,
  }),
  gauge("machine_memory_bytes", "Amount of memory installed on the machine, in bytes.", {
    source: "info: MemTotal",
    value: (machine) => machine.memoryBytes,
  }),
  gauge("machine_swap_bytes", "Amount of swap memory available on the machine, in bytes.", {
    source: "/proc/meminfo: SwapTotal",
    ...SAME_MACHINE,
    value: (machine) => machine.swapBytes,
  }),
  gauge("machine_cpu_physical_cores", "Number of physical CPU cores.", {
    source: "/sys/devices/system/cpu: topology/core_id",
    ...SAME_MACHINE,
    value: (machine) => machine.physicalCores,
  }),
  gauge("machine_cpu_sockets", "Number of CPU sockets.", {
    source: "/sys/devices/system/cpu: topology/physical_package_id",
    ...SAME_MACHINE,
    value: (machine) => machine.sockets,
  }),
  gauge("machine_cpu_books", "Number of CPU books (IBM Z), else 0.", {
    source: "/sys/devices/system/cpu: topology/book_id",
    ...SAME_MACHINE,
    value: (machine) => machine.books,
  }),
  gauge("machine_cpu_drawers", "Number of CPU drawers (IBM Z), else 0.", {
    source: "/sys/devices/system/cpu: topology/drawer_id",
    ...SAME_MACHINE,
    value: (machine) => machine.drawers,
  }),
  {
    ...MACHINE,
    name: "machine_thread_siblings_count",
    help: "Number of hardware threads of each thread's core.",
    labels: ["node_id", "core_id", "thread_id"],
    group: "topology",
    source: "/sys/devices/system/cpu: topology",
    ...SAME_MACHINE,
    observe({ machine }, point) {
      for (const { siblings, nodeId, coreId, threadId } of machine?.threads ?? []) {
        point(siblings, "node_id", nodeId, "core_id", coreId, "thread_id", threadId);
      }
    },
  },
  {
    ...MACHINE,
    name: "machine_cpu_cache_capacity_bytes",
    help: "Size of the CPU cache, in bytes; core_id is empty for a cache that the whole node shares.",
    labels: ["level", "node_id", "type", "core_id"],
    group: "topology",
    source: "/sys/devices/system/cpu: cache",
    ...SAME_MACHINE,
    observe({ machine }, point) {
      for (const { sizeBytes, level, nodeId, type, coreId } of machine?.caches ?? []) {
        point(sizeBytes, "level", level, "node_id", nodeId, "type", type, "core_id", coreId);
      }
    },
  },
  {
    ...MACHINE,
    name: "machine_node_memory_capacity_bytes",
    help: "Amount of memory of the NUMA node, in bytes.",
    labels: ["node_id"],
    group: "topology",
    source: "/sys/devices/system/node: meminfo",
    ...SAME_MACHINE,
    observe({ machine }, point) {
      for (const node of machine?.nodes ?? []) point(node.memoryBytes, "node_id", node.id);
    },
  },
  {
    ...MACHINE,
    name: "machine_node_hugepages_count",
    help: "Number of huge pages assigned to the NUMA node, by page size in KiB.",
    labels: ["node_id", "page_size"],
    group: "topology",
    source: "/sys/devices/system/node: hugepages",
    ...SAME_MACHINE,
    observe({ machine }, point) {
      for (const { id, hugepages } of machine?.nodes ?? []) {
        for (const { count, pageSizeKiB } of hugepages) point(count, "node_id", id, "page_size", pageSizeKiB);
      }
    },
  },
  {
    ...MACHINE,
    name: "machine_node_distance",
    help: "Distance from one NUMA node to another.",
    labels: ["node_id", "target_node_id"],
    group: "topology",
    source: "/sys/devices/system/node: distance",
    ...SAME_MACHINE,
    observe({ machine }, point) {
      const nodes = machine?.nodes ?? [];
      for (const { id, distances } of nodes) {
        // The file lists the distances to the online nodes, in their order.
        for (const [i, target] of nodes.entries()) point(distances[i], "node_id", id, "target_node_id", target.id);
      }
    },
  },
];

interface GaugeParts {
  readonly source: string;
  /** Everywhere, if not given. */
  readonly platforms?: readonly Platform[];
  readonly note?: string;
  value(machine: MachineSample): number | undefined;
}

function gauge(name: string, help: string, { value, ...head }: GaugeParts): SweepRow {
  return {
    ...MACHINE,
    ...head,
    name,
    help,
    group: "machine",
    observe: ({ machine }, point) => point(machine && value(machine)),
  };
}
