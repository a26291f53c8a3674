import type { EngineFacts } from "../engine/engine.ts";
import type { ContainerInspect } from "../engine/replies.ts";
import { cgroupPath } from "./cgroup-path.ts";
import type { ContainerIdentity, ContainerSpec, ContainerState } from "./container-sample.ts";
import { fieldsOf } from "./quantity.ts";
import { containerSpec } from "./spec.ts";
import { containerState } from "./state.ts";

export interface DescriptionSources {
  readonly inspect: ContainerInspect;
  readonly facts: EngineFacts;
  /** The environment variables that may become labels, by exact name; no other is looked at. */
  readonly envNames: readonly string[];
}

/** What an inspect reply tells of a container: made once for it and kept for as long as the reply is. */
export interface ContainerDescription {
  readonly identity: ContainerIdentity;
  readonly spec: ContainerSpec;
  readonly state: ContainerState;
  /** Runs in another container's network (`--network container:X`): its counters are the other one's. */
  readonly sharesNetwork: boolean;
}

export function describeContainer({ inspect, facts, envNames }: DescriptionSources): ContainerDescription {
  const host = fieldsOf(inspect.HostConfig);
  const config = fieldsOf(inspect.Config);
  const containerId = textOf(inspect.Id);
  return {
    identity: {
      containerId,
      cgroupPath: cgroupPath({ containerId, parent: textOf(host?.CgroupParent), facts }),
      name: textOf(inspect.Name).replace(/^\//, ""),
      image: textOf(config?.Image),
      labels: textFields(config?.Labels),
      env: namedVariables(config?.Env, envNames),
    },
    spec: containerSpec(inspect, facts),
    state: containerState(inspect),
    sharesNetwork: textOf(host?.NetworkMode).startsWith("container:"),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textFields(fields: Record<string, string> | null | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(fields) ?? {}).filter(([, value]) => typeof value === "string"));
}

function namedVariables(env: readonly string[] | null | undefined, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  if (names.length === 0 || !Array.isArray(env)) return found;
  for (const line of env) {
    const end = textOf(line).indexOf("=");
    if (end > 0 && names.includes(line.slice(0, end))) found[line.slice(0, end)] = line.slice(end + 1);
  }
  return found;
}
