import type { EngineFacts } from "../engine/engine.ts";
import type { StatsReply } from "../engine/replies.ts";
import type { CpuSample, ThrottlingSample } from "./container-sample.ts";
import { fieldsOf, quantity, secondsFromNanoseconds } from "./quantity.ts";

type CpuStats = NonNullable<StatsReply["cpu_stats"]>;
type CpuUsage = NonNullable<CpuStats["cpu_usage"]>;

interface CpuSources {
  readonly reply: StatsReply["cpu_stats"];
  /** The engine gives throttling counters always; they count something only under a quota. */
  readonly hasQuota: boolean;
  readonly facts: EngineFacts;
}

/**
 * Absent where the total is 0: what runs has used some CPU time, and an engine without cgroups to read (rootless without
 * systemd's delegation) answers zeros.
 */
export function cpuSample({ reply, hasQuota, facts }: CpuSources): CpuSample | undefined {
  const cpu = fieldsOf(reply);
  const usage = fieldsOf(cpu?.cpu_usage);
  if (usage === undefined || usage.total_usage === 0) return undefined;
  const perCoreSeconds = perCore(usage);
  const modes =
    facts.flavour === "podman" && perCoreSeconds === undefined
      ? podmanModes(usage)
      : unwrapped(modesInNanoseconds(usage));
  return {
    usageSeconds: secondsFromNanoseconds(usage.total_usage),
    ...modes,
    perCoreSeconds,
    // Podman answers zeros whatever happened (4 … 6, pkg/api/handlers/compat/containers_stats_linux.go).
    throttling: hasQuota && facts.flavour === "docker" ? throttling(cpu) : undefined,
  };
}

type Modes = Pick<CpuSample, "userSeconds" | "systemSeconds">;

function modesInNanoseconds(usage: CpuUsage): Modes {
  return {
    userSeconds: secondsFromNanoseconds(usage.usage_in_usermode),
    systemSeconds: secondsFromNanoseconds(usage.usage_in_kernelmode),
  };
}

/** 2^63 ns are 292 years: a user time beyond that is a difference below 0 (Podman 5.4.2 on cgroup v1, whose kernel time comes in 10 ms steps). */
const LONGEST_SECONDS = 2 ** 63 / 1e9;

function unwrapped({ userSeconds, systemSeconds }: Modes): Modes {
  return { userSeconds: (userSeconds ?? 0) < LONGEST_SECONDS ? userSeconds : undefined, systemSeconds };
}

/**
 * On cgroup v2, Podman (up to 5, containers/common pkg/cgroups/cpu_linux.go) gives kernel time in microseconds beside a
 * total in nanoseconds, and user time as the difference of the two; later versions give nanoseconds. Both come from a file
 * in microseconds: a kernel time that is no whole number of them in nanoseconds must be in microseconds, and one that
 * would exceed the total must not. The rare time that fits both readings is left out.
 */
function podmanModes({ total_usage, usage_in_kernelmode }: CpuUsage): Modes {
  const total = quantity(total_usage);
  const kernel = quantity(usage_in_kernelmode);
  if (total === undefined || kernel === undefined) return {};
  const inMicroseconds = kernel % 1000 !== 0;
  const inNanoseconds = kernel === 0 || (!inMicroseconds && kernel * 1000 > total);
  if (!inMicroseconds && !inNanoseconds) return {};
  const kernelNanoseconds = inMicroseconds ? kernel * 1000 : kernel;
  return {
    userSeconds: secondsFromNanoseconds(total - kernelNanoseconds),
    systemSeconds: secondsFromNanoseconds(kernelNanoseconds),
  };
}

function perCore({ percpu_usage }: CpuUsage): number[] | undefined {
  if (!Array.isArray(percpu_usage) || percpu_usage.length === 0) return undefined;
  const seconds = percpu_usage.map(secondsFromNanoseconds);
  return seconds.every((value) => value !== undefined) ? seconds : undefined;
}

function throttling(cpu: CpuStats | undefined): ThrottlingSample | undefined {
  const data = fieldsOf(cpu?.throttling_data);
  if (data === undefined) return undefined;
  return {
    periods: quantity(data.periods),
    throttledPeriods: quantity(data.throttled_periods),
    throttledSeconds: secondsFromNanoseconds(data.throttled_time),
  };
}
