import type { EngineFacts } from "../engine/engine.ts";
import type { ContainerInspect } from "../engine/replies.ts";
import type { ContainerSpec } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";
import { secondsFromRfc3339 } from "./time.ts";
import { isWindows } from "./windows.ts";

type HostConfig = NonNullable<ContainerInspect["HostConfig"]>;

/** The kernel's and Docker's defaults, which HostConfig gives as 0. */
const DEFAULT_CPU_SHARES = 1024;
const DEFAULT_CPU_PERIOD_MICROSECONDS = 100_000;

export function containerSpec(inspect: ContainerInspect, facts: EngineFacts): ContainerSpec {
  const times = {
    createdAtSeconds: secondsFromRfc3339(inspect.Created),
    startedAtSeconds: secondsFromRfc3339(fieldsOf(inspect.State)?.StartedAt),
  };
  const host = fieldsOf(inspect.HostConfig);
  if (host === undefined) return times;
  if (isWindows(facts)) return { ...times, ...windowsLimits(host, facts) };
  const cpuPeriodMicroseconds = orDefault(host.CpuPeriod ?? 0, DEFAULT_CPU_PERIOD_MICROSECONDS);
  return {
    ...times,
    cpuShares: orDefault(host.CpuShares, DEFAULT_CPU_SHARES),
    cpuPeriodMicroseconds,
    cpuQuotaMicroseconds: cpuQuota(host, cpuPeriodMicroseconds),
    memoryLimitBytes: quantity(host.Memory),
    memorySwapLimitBytes: memorySwapLimit(host, facts.cgroupVersion),
    memoryReservationBytes: quantity(host.MemoryReservation),
    openFilesSoftLimit: openFilesSoftLimit(host),
    pidsLimit: quantity(host.PidsLimit) || undefined,
  };
}

/**
 * Windows knows no periods: a limit of CPUs is said in cgroups' way, in microseconds of each 100,000, and only where there is
 * one, by --cpus, --cpu-count or --cpu-percent. moby refuses there what is left out here (23.0, daemon_windows.go,
 * verifyPlatformContainerResources).
 */
function windowsLimits(host: HostConfig, { cpuCores }: EngineFacts): ContainerSpec {
  const percentCores = ((quantity(host.CpuPercent) ?? 0) / 100) * (cpuCores ?? 0);
  const cores = (quantity(host.NanoCpus) ?? 0) / 1e9 || quantity(host.CpuCount) || percentCores;
  const cpuPeriodMicroseconds = cores > 0 ? DEFAULT_CPU_PERIOD_MICROSECONDS : undefined;
  return {
    cpuShares: quantity(host.CpuShares) || undefined,
    cpuPeriodMicroseconds,
    cpuQuotaMicroseconds: cpuPeriodMicroseconds && Math.floor(cores * cpuPeriodMicroseconds),
    memoryLimitBytes: quantity(host.Memory),
  };
}

/** 0 stands for the default; what is no number stands for nothing. */
function orDefault(value: unknown, byDefault: number): number | undefined {
  return value === 0 ? byDefault : quantity(value);
}

function cpuQuota(host: HostConfig, periodMicroseconds = 0): number | undefined {
  const quota = quantity(host.CpuQuota) || Math.floor(((quantity(host.NanoCpus) ?? 0) * periodMicroseconds) / 1e9);
  return quota > 0 ? quota : undefined;
}

/**
 * `MemorySwap` means memory and swap together, -1 without limit. cgroup v1 has that number; v2 limits swap alone
 * (memory.swap.max), and cAdvisor 0.60.5 prints no limit as 0 there too.
 */
function memorySwapLimit(host: HostConfig, cgroupVersion: EngineFacts["cgroupVersion"]): number | undefined {
  const memory = quantity(host.Memory) ?? 0;
  const memorySwap = quantity(host.MemorySwap);
  if (host.MemorySwap === -1 || memorySwap === 0) return 0;
  if (memorySwap === undefined || cgroupVersion === undefined) return undefined;
  if (cgroupVersion === "1") return memorySwap;
  return memory > 0 ? Math.max(0, memorySwap - memory) : 0;
}

function openFilesSoftLimit(host: HostConfig): number | undefined {
  if (!Array.isArray(host.Ulimits)) return undefined;
  // Podman 5.4 writes the kernel's name where Docker writes the shell's, and lists its own defaults too.
  const limit = host.Ulimits.find((one) => one?.Name === "nofile" || one?.Name === "RLIMIT_NOFILE")?.Soft;
  return limit === -1 ? -1 : quantity(limit);
}
