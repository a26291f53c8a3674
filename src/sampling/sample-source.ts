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

/** Where a running container's numbers come from, within a deadline of its own. Nothing: the container stopped meanwhile. */
export interface SampleSource {
  sample(request: SampleRequest): Promise<ContainerSample | undefined>;
}

export function engineSampleSource(engine: Engine): SampleSource {
  return {
    async sample({ container, ...rest }) {
      const stats = await engine.containerStats(container.summary.Id);
      return takeSample({ ...rest, summary: container.summary, oomEvents: container.oomEvents, stats });
    },
  };
}
