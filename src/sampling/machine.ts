import type { EngineFacts } from "../engine/engine.ts";
import { VERSION } from "../kit/version.ts";
import type { MachineSample } from "../sample/container-sample.ts";
import { type ReadText, readText } from "./devices.ts";
import { meminfoBytes, ownContainerId } from "./same-machine.ts";
import { readTopology } from "./topology.ts";

/**
 * The machine as the engine tells of it, and, where we run on it, what /proc and /sys show without mounts.
 * Of the ids, /etc/machine-id is the host's only outside a container; product_uuid needs root.
 */
export function readMachine(
  facts: EngineFacts,
  { sameMachine, read = readText }: { sameMachine: boolean; read?: ReadText },
): MachineSample {
  const told = {
    cpuCores: facts.cpuCores,
    memoryBytes: facts.memoryBytes,
    hostName: facts.hostName,
    kernelVersion: facts.kernelVersion,
    osVersion: facts.operatingSystem,
    dockerVersion: facts.engineVersion,
    agentVersion: VERSION,
  };
  if (!sameMachine) return present(told);
  const inContainer = ownContainerId(read) !== undefined;
  const machineId = inContainer ? undefined : firstLine(read("/etc/machine-id"));
  return present({
    ...told,
    swapBytes: meminfoBytes(read, "SwapTotal"),
    bootId: firstLine(read("/proc/sys/kernel/random/boot_id")),
    machineId,
    // cAdvisor falls back to the machine id as well (utils/sysfs GetSystemUUID, 0.60).
    systemUuid: firstLine(read("/sys/class/dmi/id/product_uuid")) ?? machineId,
    ...readTopology(),
  });
}

function firstLine(text: string | undefined): string | undefined {
  return text?.split("\n")[0]?.trim() || undefined;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
