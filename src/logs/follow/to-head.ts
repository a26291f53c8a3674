import { catchUp, FEW_LINES } from "./catch-up.ts";
import { engineTraits } from "./engine-traits.ts";
import { readFromPosition } from "./from-position.ts";
import type { HeardRoom } from "./heard-room.ts";
import { filesAhead } from "./log-rotation.ts";
import type { Reading } from "./reading.ts";
import type { Readings, ReadingsOptions } from "./readings.ts";
import { createSnapshotRoom, type SnapshotRoom } from "./snapshot-room.ts";
import { createSnapshotsAhead } from "./snapshots-ahead.ts";

export interface ToHeadOptions extends ReadingsOptions {
  /** For what is opened ahead of all logs; one of its own if not given. */
  readonly room?: SnapshotRoom;
  /** For what follows keep of all logs, in the same way. */
  readonly heardRoom?: HeardRoom;
}

/** A container that prints faster than it can be read is followed all the same. */
const MAX_SNAPSHOTS = 10;

/** Reads snapshots until the log's head is reached: a follow that begins there is told nothing that is held. */
export async function readToHead(
  readings: Readings,
  { isBehind, ...options }: ToHeadOptions & { readonly isBehind: boolean },
): Promise<Reading> {
  const { engine, rotation, room = createSnapshotRoom() } = options;
  const files = filesAhead(rotation, engineTraits(await engine.connect()));
  if (files) {
    const ahead = createSnapshotsAhead({ ...options, files, room, isBurst: isBehind });
    const reading = await catchUp({
      ahead,
      behindBy: isBehind || readings.position === undefined ? Number.POSITIVE_INFINITY : 0,
      read: (tail, opened) => readings.read({ follow: false, tail, ahead: opened }),
      heldUntil: () => readings.position?.time,
    }).finally(ahead.end);
    if (reading) return reading;
  }
  let reading = await readFromPosition(readings, { follow: false });
  const most = rotation ? Number.POSITIVE_INFINITY : MAX_SNAPSHOTS;
  for (let count = 1; count < most && reading.end === "ended" && reading.newLines >= FEW_LINES; count++)
    reading = await readFromPosition(readings, { follow: false });
  return reading;
}
