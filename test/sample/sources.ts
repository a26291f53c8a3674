import type { EngineFacts } from "../../src/engine/engine.ts";
import type { ContainerInspect, StatsReply } from "../../src/engine/replies.ts";
import type { ContainerSample } from "../../src/sample/container-sample.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { type SampleSources, takeSample } from "../../src/sample/take-sample.ts";

export const FACTS: EngineFacts = {
  flavour: "docker",
  engineVersion: "28.5.2",
  osType: "linux",
  cgroupDriver: "systemd",
  cgroupVersion: "2",
  rootless: false,
  instantStats: true,
  local: true,
};

export const PODMAN: EngineFacts = { ...FACTS, flavour: "podman", engineVersion: "5.4.2" };

const RUNNING: ContainerInspect = {
  Id: "ab".repeat(32),
  Name: "/web",
  Created: "2026-11-21T03:52:40.353397357Z",
  State: { Status: "running", Running: true, StartedAt: "2026-11-21T03:52:41.5Z" },
  Config: { Image: "shop/web:1", Labels: {} },
  HostConfig: { NetworkMode: "bridge" },
};

export function inspected(changes: Partial<ContainerInspect> = {}): ContainerInspect {
  return { ...RUNNING, ...changes };
}

export interface Wanted extends Partial<Omit<SampleSources, "stats" | "description">> {
  readonly inspect?: ContainerInspect;
  /** Beside a valid `read`; of any shape, since engines give any. */
  readonly stats?: Record<string, unknown>;
}

export function sampled({ inspect = RUNNING, stats = {}, facts = FACTS, ...rest }: Wanted = {}) {
  return takeSample({
    description: describeContainer({ inspect, facts, envNames: [] }),
    stats: { read: "2026-11-21T04:38:28.742892876Z", ...stats } as StatsReply,
    facts,
    devices: () => undefined,
    oomEvents: 0,
    ...rest,
  });
}

/** For replies that must give a sample. */
export function sampleFrom(wanted: Wanted = {}): ContainerSample {
  const sample = sampled(wanted);
  if (sample === undefined) throw new Error("no sample");
  return sample;
}
