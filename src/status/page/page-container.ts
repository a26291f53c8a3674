import type { ContainerSample, ContainerSpec, LogSample } from "../../sample/container-sample.ts";
import { ratesBetween } from "../../sample/rates.ts";
import type { PageContainer } from "./page-model.ts";

/** `before` is the same container's earlier sample, which rates are worked out against. */
export function pageContainer(
  sample: ContainerSample,
  before: ContainerSample | undefined,
  logs: LogSample | undefined,
): PageContainer {
  const { identity, state, spec, memory, tasks } = sample;
  return {
    id: identity.containerId,
    name: identity.name,
    image: identity.image,
    status: state.paused ? "paused" : state.status,
    health: state.health === "none" ? undefined : state.health,
    restarts: state.restartCount,
    exitCode: state.exitCode,
    startedAtSeconds: state.running ? spec.startedAtSeconds : undefined,
    ...ratesBetween(before, sample),
    cpuLimitCores: cpuLimit(spec),
    memoryBytes: memory?.workingSetBytes ?? memory?.usageBytes,
    memoryLimitBytes: spec.memoryLimitBytes || undefined,
    tasks: tasks?.threads,
    logLines: linesByLevel(logs),
  };
}

function cpuLimit({ cpuQuotaMicroseconds, cpuPeriodMicroseconds }: ContainerSpec): number | undefined {
  if (!cpuQuotaMicroseconds || cpuQuotaMicroseconds < 0 || !cpuPeriodMicroseconds) return undefined;
  return cpuQuotaMicroseconds / cpuPeriodMicroseconds;
}

function linesByLevel(logs: LogSample | undefined): Record<string, number> | undefined {
  const seen = logs?.levels.filter(({ lines }) => lines > 0) ?? [];
  return seen.length === 0 ? undefined : Object.fromEntries(seen.map(({ level, lines }) => [level, lines]));
}
