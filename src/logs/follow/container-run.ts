import type { Engine } from "../../engine/engine.ts";

export interface ContainerRun {
  /** Or about to: the engine starts it again by itself. */
  readonly isRunning: boolean;
  readonly startedAt: string | undefined;
}

export async function containerRun(engine: Engine, containerId: string): Promise<ContainerRun> {
  const { State } = await engine.inspectContainer(containerId);
  return { isRunning: State?.Running === true || State?.Restarting === true, startedAt: State?.StartedAt };
}
