import { diskError, type Interference } from "../../logs/files/support/disks.ts";

/** A disk without room takes the first part of what is written and refuses the rest. */
export function fullWhile(isFull: () => boolean): Interference {
  return ({ name, args, run }) => {
    if (name !== "write" || !isFull()) return undefined;
    const [bytes, from, length] = args as [Buffer, number, number];
    return run(bytes, from, Math.floor(length / 3)).then(() => Promise.reject(diskError("ENOSPC")));
  };
}
