import { logTotalKept, logTotalPassed } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { Disk } from "./disk.ts";
import { type OnRemove, removeCurrent, removeRotated, type Shelf, type Usage } from "./shelf.ts";

/** The bound on all files together. */
export interface TotalSize {
  /**
   * Removes the oldest rotated files of all containers until so many more bytes fit. Where none is left the bytes are
   * written all the same: no line is lost to this bound, and it is said.
   */
  makeRoom(bytes: number): Promise<void>;
}

interface TotalSizeOptions {
  readonly limitBytes: number | undefined;
  readonly shelves: ReadonlyMap<string, Shelf>;
  readonly usage: Usage;
  readonly disk: Disk;
  readonly telemetry: Telemetry;
  readonly onRemove?: OnRemove | undefined;
}

export function createTotalSize(options: TotalSizeOptions): TotalSize {
  const { limitBytes, shelves, usage, disk, telemetry, onRemove } = options;
  const removal = { disk, telemetry, usage, onRemove, reason: "total" as const };
  let isPassed = false;
  let making: Promise<void> = Promise.resolve();

  async function removeOldest(bytes: number, limit: number) {
    if (usage.bytes + bytes > limit) {
      for (const { remove } of candidates()) {
        await remove();
        if (usage.bytes + bytes <= limit) break;
      }
    }
    const wasPassed = isPassed;
    isPassed = usage.bytes + bytes > limit;
    if (isPassed && !wasPassed) logTotalPassed(telemetry, usage.bytes + bytes, limit);
    if (wasPassed && !isPassed) logTotalKept(telemetry);
  }

  function candidates() {
    const found: { modifiedAtMs: number; remove: () => Promise<void> }[] = [];
    for (const shelf of shelves.values()) {
      for (const file of shelf.rotated.filter(({ sequence }) => sequence < passed(shelf))) {
        found.push({ modifiedAtMs: file.modifiedAtMs, remove: () => removeRotated(shelf, file, removal) });
      }
      const isDone = !shelf.isOpen && shelf.checkpoint?.removedAtMs !== undefined && shelf.currentBytes > 0;
      if (isDone) found.push({ modifiedAtMs: shelf.currentModifiedAtMs, remove: () => removeCurrent(shelf, removal) });
    }
    return found.sort((a, b) => a.modifiedAtMs - b.modifiedAtMs);
  }

  /** A resume may still need to read a file that the checkpoint is not beyond. */
  function passed({ checkpoint, rotated }: Shelf): number {
    return checkpoint?.sequence ?? rotated.at(-1)?.sequence ?? 0;
  }

  return {
    makeRoom(bytes) {
      if (limitBytes === undefined || (!isPassed && usage.bytes + bytes <= limitBytes)) return Promise.resolve();
      // One at a time: two would each remove what one of them needs.
      const made = making.then(() => removeOldest(bytes, limitBytes));
      making = made.catch(() => {});
      return made;
    },
  };
}
