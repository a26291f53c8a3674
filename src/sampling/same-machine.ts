import { release } from "node:os";
import type { EngineFacts } from "../engine/engine.ts";
import { type ReadText, readText } from "./devices.ts";

/**
 * Whether this process runs on the machine that the engine describes, so that /proc and /sys tell about it. Two proofs
 * count: the engine answers on a local socket and names our kernel and memory (a forwarded socket would not), or it
 * lists the very container that we run in (the way through a socket proxy over TCP). Anything less is a guess.
 */
export function isSameMachine(
  facts: EngineFacts,
  containerIds: Iterable<string>,
  { read = readText, kernelRelease = release() }: { read?: ReadText; kernelRelease?: string } = {},
): boolean {
  if (facts.osType !== "linux" || facts.kernelVersion !== kernelRelease) return false;
  if (facts.local) return facts.memoryBytes === undefined || facts.memoryBytes === memoryTotalBytes(read);
  const own = ownContainerId(read);
  if (own === undefined) return false;
  for (const id of containerIds) if (id === own) return true;
  return false;
}

/** The id of the container that we run in: its hostname, hosts and resolv.conf are bind mounts from a folder named by it. */
export function ownContainerId(read: ReadText = readText): string | undefined {
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) /.exec(read("/proc/self/mountinfo") ?? "")?.[1];
}

export function memoryTotalBytes(read: ReadText): number | undefined {
  return meminfoBytes(read, "MemTotal");
}

export function meminfoBytes(read: ReadText, field: string): number | undefined {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(read("/proc/meminfo") ?? "")?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}
