import type { Engine } from "../engine/engine.ts";
import { eachInPool } from "../kit/pool.ts";

export interface OptInOptions {
  /** Absent: the group is off. */
  readonly processesIntervalMs?: number;
  readonly sizeIntervalMs?: number;
}

/**
 * Numbers that cost the engine too much to be read at every sweep, `top` (a `ps` for each container) and `size` (a walk
 * over each writable layer): read in the background at intervals of their own, and absent until first read.
 */
export interface OptInReadings {
  /** Begins the readings that are due; resolves, and never rejects, when none is under way. */
  refresh(runningIds: readonly string[]): Promise<void>;
  processCount(id: string): number | undefined;
  sizeRwBytes(id: string): number | undefined;
}

const PARALLEL_TOPS = 2;

export function createOptInReadings(engine: Engine, options: OptInOptions): OptInReadings {
  const processes = createPeriodic(options.processesIntervalMs, async (ids) => {
    const counts = new Map<string, number>();
    await eachInPool(ids, PARALLEL_TOPS, async (id) => {
      const reply = await engine.containerTop(id).catch(() => undefined);
      if (Array.isArray(reply?.Processes)) counts.set(id, reply.Processes.length);
    });
    return counts;
  });
  const sizes = createPeriodic(options.sizeIntervalMs, async () => {
    const list = await engine.listContainers({ all: true, size: true });
    // Engine API: SizeRw is left out when it is 0 (28.5.2 and older; 29 gives 4096 for an idle container).
    return new Map(list.map((container) => [container.Id, container.SizeRw ?? 0]));
  });
  return {
    async refresh(runningIds) {
      await Promise.all([processes.refresh(runningIds), sizes.refresh(runningIds)]);
    },
    processCount: (id) => processes.values.get(id),
    sizeRwBytes: (id) => sizes.values.get(id),
  };
}

function createPeriodic(
  intervalMs: number | undefined,
  read: (ids: readonly string[]) => Promise<Map<string, number>>,
) {
  let dueAt = 0;
  let underWay: Promise<void> | undefined;
  const periodic = {
    values: new Map<string, number>(),
    refresh(ids: readonly string[]): Promise<void> | undefined {
      if (intervalMs === undefined || underWay !== undefined || performance.now() < dueAt) return underWay;
      dueAt = performance.now() + intervalMs;
      underWay = read(ids)
        .catch(() => new Map<string, number>())
        .then((values) => {
          periodic.values = values;
          underWay = undefined;
        });
      return underWay;
    },
  };
  return periodic;
}
