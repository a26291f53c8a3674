import type { EngineFacts } from "../engine/engine.ts";
import type { ContainerSummary, StatsReply } from "../engine/replies.ts";
import type { ContainerSample } from "./container-sample.ts";
import { cpuSample } from "./cpu.ts";
import type { ContainerDescription } from "./describe-container.ts";
import { type DeviceNames, diskSamples } from "./disk.ts";
import { memorySample } from "./memory.ts";
import { networkSamples } from "./network.ts";
import { currentState } from "./state.ts";
import { taskSample } from "./tasks.ts";
import { microsecondsFromRfc3339 } from "./time.ts";
import { isWindows, windowsUsage } from "./windows.ts";

export type { DeviceNames } from "./disk.ts";

export interface SampleSources {
  readonly description: ContainerDescription;
  /** Absent where none was asked for (a stopped container) or none came. */
  readonly stats?: StatsReply | undefined;
  /** The container's entry in the newest list. */
  readonly summary?: ContainerSummary | undefined;
  readonly facts: EngineFacts;
  readonly devices: DeviceNames;
  /** "oom" events of the container since the agent began to watch. */
  readonly oomEvents: number;
  readonly processCount?: number | undefined;
  readonly sizeRwBytes?: number | undefined;
}

/**
 * What the engine told of one container at one moment. Nothing, where the container should run and its reply holds no
 * reading: it stopped between list and stats (the engine then answers 200 with zeros, read in the year 1), and zeros are
 * not what it used.
 */
export function takeSample(sources: SampleSources): ContainerSample | undefined {
  const { description, stats, summary, facts, processCount } = sources;
  const { identity, spec } = description;
  const state = currentState(description.state, summary);
  // No engine on Windows counts it: moby's GetContainerLayerSize there is a constant 0 (23.0, image_windows.go).
  const sizeRwBytes = isWindows(facts) ? sources.sizeRwBytes || undefined : sources.sizeRwBytes;
  if (!state.running || stats === undefined) return { identity, spec, state, sizeRwBytes };
  const readAtMicroseconds = microsecondsFromRfc3339(stats.read);
  if (readAtMicroseconds === undefined) return undefined;
  const usage = isWindows(facts, stats) ? windowsUsage(stats) : linuxUsage(stats, sources);
  const networks = description.sharesNetwork ? undefined : usage.networks;
  return {
    identity,
    spec,
    state,
    readAtMs: readAtMicroseconds / 1000,
    ...usage,
    networks,
    processCount,
    sizeRwBytes,
  };
}

function linuxUsage(stats: StatsReply, { description, facts, devices, oomEvents }: SampleSources) {
  const { cpuQuotaMicroseconds, pidsLimit } = description.spec;
  return {
    cpu: cpuSample({ reply: stats.cpu_stats, hasQuota: cpuQuotaMicroseconds !== undefined, facts }),
    memory: memorySample({ reply: stats.memory_stats, oomEvents, facts }),
    networks: networkSamples(stats.networks),
    disks: diskSamples(stats.blkio_stats, devices),
    tasks: taskSample({ reply: stats.pids_stats, pidsLimit, facts }),
  };
}
