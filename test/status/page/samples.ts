import type { ContainerSample, SweepSample } from "../../../src/sample/container-sample.ts";

/** A container whose counters say how long it has run. */
export function sampleOf(name: string, atMs: number, parts: Partial<ContainerSample> = {}): ContainerSample {
  return {
    identity: {
      containerId: Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64),
      cgroupPath: `/docker/${name}`,
      name,
      image: "nginx:1.27",
      labels: {},
      env: {},
    },
    spec: {},
    state: { status: "running", running: true, paused: false },
    readAtMs: atMs,
    ...parts,
  };
}

export function sweepOf(atMs: number, ...containers: readonly ContainerSample[]): SweepSample {
  return { atMs, containers, engineFailed: false };
}
