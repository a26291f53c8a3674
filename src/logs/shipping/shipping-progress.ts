import { eachInPool } from "../../kit/pool.ts";
import { logShippingUnsaved } from "../../telemetry/events/shipped-logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { writeCheckpoint } from "../files/checkpoint.ts";
import { REAL_DISK } from "../files/disk.ts";
import {
  isBefore,
  type NotedPosition,
  readShipCheckpoint,
  type ShipCheckpoint,
  type ShipPosition,
  type UnfinishedLevels,
} from "./ship-position.ts";
import type { ContainerAttributes } from "./shipped-record.ts";

/** How far a container's lines were accepted, and whose they are: what is written down of it. */
export interface ShippingProgress {
  /** All before it is settled. */
  readonly position: ShipPosition | undefined;
  readonly unfinished: UnfinishedLevels | undefined;
  readonly attributes: ContainerAttributes;
  readonly isSaved: boolean;
  moveTo(position: ShipPosition | undefined, unfinished: UnfinishedLevels | undefined): void;
  describe(attributes: ContainerAttributes): void;
  save(): Promise<void>;
}

interface ProgressOptions {
  readonly path: string;
  /** What is known of the container now; else what was written down counts more. */
  readonly attributes: ContainerAttributes;
  readonly isKnown: boolean;
  /** What the journal has of it: later than what was written down, if a kill came between. */
  readonly noted: NotedPosition | undefined;
  readonly fileMode: number;
  readonly telemetry: Telemetry;
}

export async function readProgress(options: ProgressOptions): Promise<ShippingProgress> {
  const { path, isKnown, noted, fileMode, telemetry } = options;
  const checkpoint = await readShipCheckpoint(REAL_DISK, path);
  const isNoted = noted !== undefined && (checkpoint === undefined || isBefore(checkpoint, noted));
  const last = isNoted ? noted : checkpoint;
  let position: ShipPosition | undefined = last;
  let unfinished = last?.unfinished;
  let attributes = isKnown ? options.attributes : (checkpoint?.attributes ?? options.attributes);
  let isSaved = !isNoted && (checkpoint === undefined || isAlike(attributes, checkpoint.attributes));
  let saidUnsaved = false;
  return {
    get position() {
      return position;
    },
    get unfinished() {
      return unfinished;
    },
    get attributes() {
      return attributes;
    },
    get isSaved() {
      return isSaved;
    },
    moveTo(to, levels) {
      if (to?.sequence !== position?.sequence || to?.offset !== position?.offset) isSaved = false;
      position = to;
      unfinished = levels;
    },
    describe(about) {
      if (!isAlike(about, attributes)) isSaved = position === undefined;
      attributes = about;
    },
    async save() {
      if (isSaved || position === undefined) return;
      const { sequence, offset, identity } = position;
      const now: ShipCheckpoint = { version: 1, sequence, offset, identity, unfinished, attributes };
      isSaved = true;
      try {
        await writeCheckpoint(REAL_DISK, path, now, fileMode);
        saidUnsaved = false;
      } catch (error) {
        isSaved = false;
        logShippingUnsaved(telemetry, { path, error: String(error) }, !saidUnsaved);
        saidUnsaved = true;
      }
    },
  };
}

/** Each is synced, and a disk that is slow with it syncs two in the time of one. libuv has four threads for files. */
const SAVES_AT_ONCE = 2;

/** Those that are not saved yet; once the signal aborts none is begun. */
export async function saveAll(all: Iterable<Pick<ShippingProgress, "isSaved" | "save">>, signal: AbortSignal) {
  const unsaved = [...all].filter(({ isSaved }) => !isSaved);
  await eachInPool(unsaved, SAVES_AT_ONCE, async (progress) => {
    if (!signal.aborted) await progress.save();
  });
}

function isAlike(one: ContainerAttributes, other: ContainerAttributes): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
