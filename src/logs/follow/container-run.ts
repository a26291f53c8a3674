import { type Engine, EngineError } from "../../engine/engine.ts";

export interface ContainerRun {
  /** Or about to: the engine starts it again by itself. */
  readonly isRunning: boolean;
  readonly startedAt: string | undefined;
}

export async function containerRun(engine: Engine, containerId: string): Promise<ContainerRun> {
  const { State } = await engine.inspectContainer(containerId);
  return { isRunning: State?.Running === true || State?.Restarting === true, startedAt: State?.StartedAt };
}

/** Its files are removed before it is itself (28.5.2: 500, "no such file or directory"). */
export async function isBeingRemoved(engine: Engine, containerId: string): Promise<boolean> {
  try {
    const { State } = await engine.inspectContainer(containerId);
    return State?.Status === "removing" || State?.Status === "dead";
  } catch (error) {
    if (error instanceof EngineError) return error.kind === "not-found";
    throw error;
  }
}
