import type { SimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { statsReply } from "../../../src/demo/engine/stats-reply.ts";
import type { StatsReply } from "../../../src/engine/replies.ts";

/**
 * What must arrive of a container, from what the engine would answer at that time, by metric and its further label:
 * cAdvisor's names written down apart from the catalogue, for cgroup v1 and v2.
 */
export function expectedAt({ engine, name, nowMs }: { engine: SimulatedEngine; name: string; nowMs: number }) {
  const view = { profile: engine.profile, apiVersion: engine.profile.apiVersion, nowMs };
  return expectedOf(statsReply(engine.containers.get(name), view, { oneShot: true }) as StatsReply);
}

/** The same of a reply of the engine's. */
export function expectedOf(stats: StatsReply): Record<string, number | undefined> {
  const { cpu_stats: cpu, pids_stats: pids } = stats;
  const memory = stats.memory_stats ?? {};
  const kinds = memory.stats ?? {};
  const kind = (v1: string, v2: string) => kinds[v1] ?? kinds[v2];
  const usage = memory.usage ?? Number.NaN;
  return {
    "container_cpu_usage_seconds_total total": seconds(cpu?.cpu_usage?.total_usage),
    container_cpu_user_seconds_total: seconds(cpu?.cpu_usage?.usage_in_usermode),
    container_cpu_system_seconds_total: seconds(cpu?.cpu_usage?.usage_in_kernelmode),
    container_memory_usage_bytes: usage,
    container_memory_working_set_bytes: usage - (kind("total_inactive_file", "inactive_file") ?? 0),
    container_memory_rss: kind("total_rss", "anon"),
    container_memory_cache: kind("total_cache", "file"),
    container_memory_mapped_file: kind("total_mapped_file", "file_mapped"),
    container_threads: pids?.current,
    ...Object.fromEntries(
      Object.entries(stats.networks ?? {}).flatMap(([name, counts]) => [
        [`container_network_receive_bytes_total ${name}`, counts?.rx_bytes],
        [`container_network_receive_packets_total ${name}`, counts?.rx_packets],
        [`container_network_transmit_bytes_total ${name}`, counts?.tx_bytes],
        [`container_network_transmit_packets_dropped_total ${name}`, counts?.tx_dropped],
      ]),
    ),
  };
}

function seconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
}
