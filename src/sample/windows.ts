import type { EngineFacts } from "../engine/engine.ts";
import type { StatsReply } from "../engine/replies.ts";
import type { ContainerSample, CpuSample, DiskSample, MemorySample, NetworkSample } from "./container-sample.ts";
import { networkSamples } from "./network.ts";
import { fieldsOf, quantity, secondsFrom100Nanoseconds } from "./quantity.ts";

export function isWindows(facts: EngineFacts, stats?: StatsReply): boolean {
  // In the reply itself from API 1.52; a Windows engine before 23 could run Linux containers too, which it did not tell.
  return (stats?.os_type ?? facts.osType) === "windows";
}

/**
 * What the Host Compute Service counted, as moby passes it on (23.0, daemon/daemon_windows.go `stats`). Nothing at
 * all, where the service told nothing: moby then leaves every number at zero, while a container that runs has used some
 * CPU. `num_procs` is no count of processes but of the machine's processors (pkg/platform NumProcs).
 */
export function windowsUsage(stats: StatsReply): Pick<ContainerSample, "cpu" | "memory" | "networks" | "disks"> {
  const cpu = cpuSample(stats.cpu_stats);
  const memory = memorySample(stats.memory_stats);
  if (cpu === undefined && memory === undefined) return {};
  return { cpu, memory, networks: networks(stats.networks), disks: disks(stats.storage_stats) };
}

function cpuSample(reply: StatsReply["cpu_stats"]): CpuSample | undefined {
  const usage = fieldsOf(fieldsOf(reply)?.cpu_usage);
  if (!quantity(usage?.total_usage)) return undefined;
  const modes = {
    userSeconds: secondsFrom100Nanoseconds(usage?.usage_in_usermode),
    systemSeconds: secondsFrom100Nanoseconds(usage?.usage_in_kernelmode),
  };
  // Under Hyper-V isolation the service knows the whole only, and the two modes stay zero.
  const isWhole = !modes.userSeconds && !modes.systemSeconds;
  return { usageSeconds: secondsFrom100Nanoseconds(usage?.total_usage), ...(isWhole ? {} : modes) };
}

/**
 * Commit is what the container's processes were promised, in memory or the page file, and the private working set what of
 * it lies in memory and is shared with nobody: its working set (as containerd 1.7 takes it for Kubernetes, container_stats_list.go), and
 * the memory of its own that Linux calls anonymous. moby leaves out a field that is 0.
 */
function memorySample(reply: StatsReply["memory_stats"]): MemorySample | undefined {
  const memory = fieldsOf(reply);
  const [usageBytes, maxUsageBytes, privateBytes] = [
    quantity(memory?.commitbytes),
    quantity(memory?.commitpeakbytes),
    quantity(memory?.privateworkingset),
  ];
  if (!usageBytes && !privateBytes) return undefined;
  return { usageBytes, maxUsageBytes, workingSetBytes: privateBytes, rssBytes: privateBytes };
}

/** By endpoint, whose GUID stands for an interface. The service counts no errors: the reply's zeros are of Linux's making. */
function networks(reply: StatsReply["networks"]): NetworkSample[] | undefined {
  return networkSamples(reply)?.map((network) => ({ ...network, receiveErrors: undefined, transmitErrors: undefined }));
}

/** All the container's disks in one, which has no name. moby leaves out a field that is 0. */
function disks(reply: StatsReply["storage_stats"]): DiskSample[] | undefined {
  const storage = fieldsOf(reply);
  if (storage === undefined) return undefined;
  const count = (field: keyof typeof storage) => quantity(storage[field] ?? 0);
  return [
    {
      device: "",
      readBytes: count("read_size_bytes"),
      writeBytes: count("write_size_bytes"),
      reads: count("read_count_normalized"),
      writes: count("write_count_normalized"),
    },
  ];
}
