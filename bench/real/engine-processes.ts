import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { cpuMs } from "../process-usage.ts";

export interface EngineProcesses {
  readonly dockerd: number;
  readonly containerd: number;
  readonly shims: readonly number[];
}

/** CPU time since their start. */
export interface EngineCpu {
  readonly daemonsMs: number;
  readonly shimsMs: number;
}

/** Those of the engine whose folder this is, told by their command lines: another engine of the machine is none of ours. */
export function engineProcesses(folder: string): EngineProcesses {
  const found: Record<string, number[]> = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [program = "", ...args] = commandLine(pid);
    if (!args.some((arg) => arg.includes(`${folder}/`))) continue;
    const name = basename(program);
    found[name] = [...(found[name] ?? []), Number(pid)];
  }
  const [dockerd, containerd] = [found.dockerd?.[0], found.containerd?.[0]];
  if (dockerd === undefined || containerd === undefined) throw new Error(`no engine runs in ${folder}`);
  return { dockerd, containerd, shims: found["containerd-shim-runc-v2"] ?? [] };
}

export function engineCpu({ dockerd, containerd, shims }: EngineProcesses): EngineCpu {
  return {
    daemonsMs: cpuMs(dockerd) + cpuMs(containerd),
    shimsMs: shims.reduce((sum, pid) => sum + cpuMs(pid), 0),
  };
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It ended in between.
    return [];
  }
}
