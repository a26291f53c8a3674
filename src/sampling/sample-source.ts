import type { Engine, EngineFacts } from "../engine/engine.ts";
import type { Container } from "../inventory/inventory.ts";
import type { ContainerSample } from "../sample/container-sample.ts";
import type { ContainerDescription } from "../sample/describe-container.ts";
import type { DeviceNames } from "../sample/disk.ts";
import { takeSample } from "../sample/take-sample.ts";

export interface SampleRequest {
  readonly container: Container;
  readonly description: ContainerDescription;
  readonly facts: EngineFacts;
  readonly devices: DeviceNames;
  readonly processCount?: number;
  readonly sizeRwBytes?: number;
}

/** Where a running container's numbers come from. Nothing: the container stopped meanwhile. */
export interface SampleSource {
  sample(request: SampleRequest, signal: AbortSignal): Promise<ContainerSample | undefined>;
}

export function engineSampleSource(engine: Engine): SampleSource {
  return {
    async sample({ container, ...rest }, signal) {
      const stats = await engine.containerStats(container.summary.Id, signal);
      return takeSample({ ...rest, summary: container.summary, oomEvents: container.oomEvents, stats });
    },
  };
}
