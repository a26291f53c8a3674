import { setTimeout as wait } from "node:timers/promises";
import { diskError, type Interference } from "../../logs/files/support/disks.ts";

/** How long a disk takes to find that it has no room: time to be killed in with half a line in the file. */
const REFUSED_AFTER_MS = 20;

/** A disk without room takes the first part of what is written and refuses the rest. */
export function fullWhile(isFull: () => boolean): Interference {
  return ({ name, args, run }) => {
    if (name !== "write" || !isFull()) return undefined;
    const [bytes, from, length] = args as [Buffer, number, number];
    return run(bytes, from, Math.floor(length / 3))
      .then(() => wait(REFUSED_AFTER_MS))
      .then(() => Promise.reject(diskError("ENOSPC")));
  };
}
