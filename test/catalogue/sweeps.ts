import type { NumberFamily, Point } from "../../src/families/metric-family.ts";
import type { ContainerIdentity, ContainerSample, SweepSample } from "../../src/sample/container-sample.ts";

export const AT_MS = 1_795_235_913_000;

export function identityOf(changes: Partial<ContainerIdentity> = {}): ContainerIdentity {
  const containerId = changes.containerId ?? "ab".repeat(32);
  const cgroupPath = `/docker/${containerId}`;
  return { containerId, cgroupPath, name: "web", image: "shop/web:1", labels: {}, env: {}, ...changes };
}

export function sampleWith(changes: Partial<ContainerSample> = {}): ContainerSample {
  return {
    identity: identityOf(),
    readAtMs: AT_MS - 500,
    spec: { createdAtSeconds: 1_795_230_000, startedAtSeconds: 1_795_231_000 },
    state: { status: "running", running: true, paused: false, restartCount: 2, health: "none" },
    cpu: { usageSeconds: 3, perCoreSeconds: [1, 0, 2] },
    ...changes,
  };
}

export function sweepOf(containers: readonly ContainerSample[], changes: Partial<SweepSample> = {}): SweepSample {
  return { atMs: AT_MS, containers, machine: { cpuCores: 2 }, engineFailed: false, ...changes };
}

export function familyOf(groups: readonly NumberFamily[][], name: string): NumberFamily | undefined {
  return groups.flat().find(({ descriptor }) => descriptor.name === name);
}

export function pointsOf(groups: readonly NumberFamily[][], name: string): Point<number>[] {
  return groups.flat().flatMap((family) => (family.descriptor.name === name ? family.dataPoints : []));
}
