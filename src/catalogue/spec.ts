import type { ContainerSpec } from "../sample/container-sample.ts";
import { type ContainerRow, EVERYWHERE, LINUX, type Platform } from "./row.ts";

export const SPEC_ROWS: readonly ContainerRow[] = [
  gauge("container_spec_cpu_period", "CPU period of the container, in microseconds.", {
    source: "HostConfig.CpuPeriod, else 100000",
    note: "On Windows only with a quota, as what that is measured in.",
    value: (spec) => spec.cpuPeriodMicroseconds,
  }),
  gauge("container_spec_cpu_quota", "CPU quota of the container in each period, in microseconds.", {
    source: "HostConfig.CpuQuota, else NanoCpus × period (Windows: CpuCount or CpuPercent too)",
    note: "Only with a quota.",
    value: (spec) => spec.cpuQuotaMicroseconds,
  }),
  gauge("container_spec_cpu_shares", "CPU share of the container.", {
    source: "HostConfig.CpuShares, else 1024",
    note: "On Windows only where given, of 10000.",
    value: (spec) => spec.cpuShares,
  }),
  gauge("container_spec_memory_limit_bytes", "Memory limit of the container in bytes, unlimited if 0.", {
    source: "HostConfig.Memory",
    value: (spec) => spec.memoryLimitBytes,
  }),
  gauge("container_spec_memory_swap_limit_bytes", "Memory swap limit of the container in bytes, unlimited if 0.", {
    source: "HostConfig.MemorySwap; on cgroup v2 less Memory",
    platforms: LINUX,
    note: "cgroup v1 limits memory and swap together, v2 swap alone; as in cAdvisor, 0 on v2 can mean no swap at all.",
    value: (spec) => spec.memorySwapLimitBytes,
  }),
  gauge("container_spec_memory_reservation_limit_bytes", "Memory reservation of the container in bytes, none if 0.", {
    source: "HostConfig.MemoryReservation",
    platforms: LINUX,
    value: (spec) => spec.memoryReservationBytes,
  }),
  {
    ...gauge("container_ulimits_soft", "Soft ulimits of the container, unlimited if -1.", {
      source: "HostConfig.Ulimits, nofile",
      platforms: LINUX,
      note: "Only where given at `docker run`: the engine does not tell its default. cAdvisor has it with its process metrics.",
      value: () => undefined,
    }),
    labels: ["ulimit"],
    observe: ({ spec }, point) => point(spec.openFilesSoftLimit, "ulimit", "max_open_files"),
  },
];

interface GaugeParts {
  readonly source: string;
  /** Everywhere, if not given. */
  readonly platforms?: readonly Platform[];
  readonly note?: string;
  value(spec: ContainerSpec): number | undefined;
}

function gauge(name: string, help: string, { source, value, ...rest }: GaugeParts): ContainerRow {
  return {
    platforms: EVERYWHERE,
    ...rest,
    name,
    help,
    kind: "gauge",
    labels: [],
    group: "spec",
    source: `inspect: ${source}`,
    observe: ({ spec }, point) => point(value(spec)),
  };
}
