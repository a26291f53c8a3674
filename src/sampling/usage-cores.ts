import type { ContainerSample } from "../sample/container-sample.ts";
import { ratesBetween } from "../sample/rates.ts";

/**
 * The samples with the cores that each container used since it was last read. Of each run the first has none, and one that the
 * engine read only once for two sweeps (engines before 25 do so every second) says the same again.
 */
export function createUsageCores() {
  const last = new Map<string, ContainerSample>();

  function withCores(sample: ContainerSample): ContainerSample {
    const before = last.get(sample.identity.containerId);
    const usageCores = coresSince(before, sample);
    const done = usageCores === undefined ? sample : { ...sample, cpu: { ...sample.cpu, usageCores } };
    last.set(sample.identity.containerId, done);
    return done;
  }

  return {
    addTo: (samples: readonly ContainerSample[]) => samples.map(withCores),
    keepOnly(listed: ReadonlySet<string>) {
      for (const id of last.keys()) if (!listed.has(id)) last.delete(id);
    },
  };
}

function coresSince(before: ContainerSample | undefined, now: ContainerSample): number | undefined {
  if (before?.spec.startedAtSeconds !== now.spec.startedAtSeconds) return undefined;
  if (before?.readAtMs === now.readAtMs) return before?.cpu?.usageCores;
  return ratesBetween(before, now).cpuCores;
}
