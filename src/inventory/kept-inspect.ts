import type { ContainerInspect, LogConfig } from "../engine/replies.ts";

/**
 * The fields that we read, and no others: a reply holds secrets (environment variables), much that changes by itself
 * (the log of health checks) and 10 kB that nobody needs for each container.
 */
export function keptInspect(reply: ContainerInspect, { envNames }: { envNames: readonly string[] }): ContainerInspect {
  const { State, Config, HostConfig } = reply;
  const env = namedVariables(Config?.Env, envNames);
  return {
    ...pick(reply, ["Id", "Name", "Created", "RestartCount", "SizeRw"]),
    ...(State && {
      State: {
        ...pick(State, [
          "Status",
          "Running",
          "Paused",
          "Restarting",
          "OOMKilled",
          "ExitCode",
          "StartedAt",
          "FinishedAt",
        ]),
        ...(State.Health && { Health: pick(State.Health, ["Status"]) }),
      },
    }),
    ...(Config && { Config: { ...pick(Config, ["Image", "Labels", "Tty"]), ...(env.length > 0 && { Env: env }) } }),
    ...(HostConfig && {
      HostConfig: {
        ...pick(HostConfig, HOST_CONFIG),
        ...(Array.isArray(HostConfig.Ulimits) && {
          Ulimits: HostConfig.Ulimits.map((ulimit) => pick(ulimit ?? {}, ["Name", "Soft", "Hard"])),
        }),
        ...(HostConfig.LogConfig && { LogConfig: keptLogConfig(HostConfig.LogConfig) }),
      },
    }),
  };
}

/** Of the driver's options those that tell which lines it may lose: others hold tokens (splunk-token). */
function keptLogConfig({ Type, Config }: LogConfig): LogConfig {
  return {
    ...(Type !== undefined && { Type }),
    ...(Config && { Config: pick(Config, ["max-size", "max-file", "mode"]) }),
  };
}

/** Whether two kept inspects tell the same: their fields are always in the same order. */
export function tellTheSame(one: ContainerInspect, other: ContainerInspect): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const HOST_CONFIG = [
  "NetworkMode",
  "AutoRemove",
  "CgroupParent",
  "CpuShares",
  "CpuPeriod",
  "CpuQuota",
  "NanoCpus",
  "CpuCount",
  "CpuPercent",
  "Memory",
  "MemorySwap",
  "MemoryReservation",
  "PidsLimit",
] as const;

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): { [key in K]: T[key] } {
  const kept: Partial<T> = {};
  for (const key of keys) if (from[key] !== undefined) kept[key] = from[key];
  return kept as { [key in K]: T[key] };
}

function namedVariables(env: readonly string[] | null | undefined, names: readonly string[]): string[] {
  if (names.length === 0 || !Array.isArray(env)) return [];
  return env.filter((entry) => typeof entry === "string" && names.includes(entry.slice(0, entry.indexOf("="))));
}
