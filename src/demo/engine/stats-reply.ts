import { blkioOfV1, blkioOfV2, NO_BLKIO } from "./blkio-stats.ts";
import { activeMs, hasCpuQuota, isUp, networkModeOf, networksOf, type SimulatedContainer } from "./container.ts";
import { type Counters, countersAt } from "./counters.ts";
import { memoryOfV1, memoryOfV2 } from "./memory-stats.ts";
import { isAtLeast } from "./profile.ts";
import { rfc3339, ZERO_TIME } from "./times.ts";
import type { View } from "./view.ts";
import { windowsStats } from "./windows-replies.ts";

export interface StatsOptions {
  readonly oneShot: boolean;
  /** For network_mode container:X: whose stack it shares. */
  readonly stackOwner?: SimulatedContainer | undefined;
  /** When the reading before this was taken; absent: none was. */
  readonly previousMs?: number | undefined;
}

/** GET /containers/{id}/stats, field for field as the recordings of 20.10, 26.1, 28.5 (and 29's notes) have it. */
export function statsReply(container: SimulatedContainer, view: View, options: StatsOptions): object {
  const { profile, nowMs } = view;
  const identity = hasIdentity(view, options.oneShot) ? { name: `/${container.name}`, id: container.id } : {};
  const osType = isAtLeast(view.apiVersion, "1.52") ? { os_type: profile.osType } : {};
  if (!isUp(container)) return { name: `/${container.name}`, id: container.id, ...osType, ...NOT_RUNNING };

  if (profile.osType === "windows") {
    return { ...identity, ...osType, ...windowsStats(container, view, options.stackOwner ?? container) };
  }
  const counters = countersOf(container, view, nowMs);
  const previous = options.previousMs === undefined ? undefined : countersOf(container, view, options.previousMs);
  const networks = networksReply(options.stackOwner ?? container, view);
  return {
    ...identity,
    ...osType,
    read: rfc3339(nowMs),
    preread: rfc3339(options.previousMs),
    pids_stats: { current: container.load.threads, ...pidsLimit(container, view) },
    blkio_stats:
      profile.cgroupVersion === "2" ? blkioOfV2(counters) : blkioOfV1(counters, Math.floor(activeMs(container, nowMs))),
    num_procs: 0,
    storage_stats: {},
    cpu_stats: cpuReply(container, counters, view, nowMs),
    precpu_stats: previous ? cpuReply(container, previous, view, options.previousMs ?? 0) : NO_CPU,
    memory_stats:
      profile.cgroupVersion === "2"
        ? memoryOfV2(container, counters, profile)
        : memoryOfV1(container, counters, profile),
    ...(networks ? { networks } : {}),
  };
}

const NO_CPU = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

const NOT_RUNNING = {
  read: ZERO_TIME,
  preread: ZERO_TIME,
  pids_stats: {},
  blkio_stats: NO_BLKIO,
  num_procs: 0,
  storage_stats: {},
  cpu_stats: NO_CPU,
  precpu_stats: NO_CPU,
  memory_stats: {},
};

/** A one-shot reply has no name and id from 25 (which answers it without its collector) to 28 (recorded: 26.1, 28.5). */
function hasIdentity({ profile }: View, oneShot: boolean): boolean {
  const { engineVersion } = profile;
  return !oneShot || !isAtLeast(engineVersion, "25.0") || isAtLeast(engineVersion, "29.0");
}

function countersOf(container: SimulatedContainer, { profile }: View, atMs: number): Counters {
  return countersAt(container.load, container.seed, activeMs(container, atMs), profile.cpuCores);
}

/** systemd gives every unit a TasksMax, so that the limit is there even where none was asked for (recorded on 28.5). */
function pidsLimit(container: SimulatedContainer, { profile }: View): { limit?: number } {
  const limit = container.options.pidsLimit ?? 0;
  if (limit > 0) return { limit };
  return profile.cgroupDriver === "systemd" ? { limit: 4915 * profile.cpuCores } : {};
}

function cpuReply(container: SimulatedContainer, counters: Counters, { profile }: View, atMs: number) {
  const isV2 = profile.cgroupVersion === "2";
  const periods = hasCpuQuota(container) ? counters.cfsPeriods : 0;
  const throttledPeriods = Math.floor(periods / 8);
  const kernelNanoseconds = counters.cpuNanoseconds - counters.userNanoseconds;
  return {
    cpu_usage: {
      total_usage: counters.cpuNanoseconds,
      ...(isV2 ? {} : { percpu_usage: counters.perCoreNanoseconds }),
      usage_in_kernelmode: isV2 ? kernelNanoseconds : inTicks(kernelNanoseconds),
      usage_in_usermode: isV2 ? counters.userNanoseconds : inTicks(counters.userNanoseconds),
    },
    system_cpu_usage: inTicks((atMs % MONTH_MS) * 1e6 * profile.cpuCores),
    online_cpus: profile.cpuCores,
    throttling_data: {
      periods,
      throttled_periods: throttledPeriods,
      throttled_time: throttledPeriods * 37_412_000,
    },
  };
}

/** The machine was booted when the month began, so that its CPU time stays within what a double counts exactly. */
const MONTH_MS = 30 * 86_400_000;

/** cgroup v1's cpuacct.stat and /proc/stat count in 10 ms. */
function inTicks(nanoseconds: number): number {
  return Math.floor(nanoseconds / 1e7) * 1e7;
}

function networksReply(owner: SimulatedContainer, view: View) {
  if (networkModeOf(owner) === "host" || networkModeOf(owner) === "none") return undefined;
  const counters = countersOf(owner, view, view.nowMs);
  const replies = networksOf(owner).map((_, i) => {
    const [receiveBytes, transmitBytes] = [counters.receiveBytes, counters.transmitBytes].map((n) =>
      Math.floor(n / (i + 1)),
    );
    const reply = {
      rx_bytes: receiveBytes,
      rx_packets: Math.floor((receiveBytes ?? 0) / 420),
      rx_errors: 0,
      rx_dropped: Math.floor((receiveBytes ?? 0) / 5e7),
      tx_bytes: transmitBytes,
      tx_packets: Math.floor((transmitBytes ?? 0) / 380),
      tx_errors: 0,
      tx_dropped: 0,
    };
    return [`eth${i}`, reply] as const;
  });
  return Object.fromEntries(replies);
}
