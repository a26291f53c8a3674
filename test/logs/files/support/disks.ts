import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Disk, REAL_DISK } from "../../../../src/logs/files/disk.ts";

/** What a test's disk does instead of an operation, or `undefined` for what a real one does. */
export type Interference = (operation: Operation) => Promise<unknown> | undefined;

export interface Operation {
  readonly name: string;
  /** Of a path: itself; of an open file: the one that it was opened by. */
  readonly path: string;
  readonly args: readonly unknown[];
  /** The real thing. */
  readonly run: (...args: unknown[]) => Promise<unknown>;
}

/** The real disk, every operation of which passes by `interfere`. It doesn't sync: no power is cut in tests. */
export function disturbedDisk(interfere: Interference): Disk {
  const wrap = <T extends object>(target: T, pathOf: (args: readonly unknown[]) => string): T =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]) => {
          if (name === "sync" || name === "datasync") return;
          const run = (...given: unknown[]) => member.apply(target, given) as Promise<unknown>;
          const path = pathOf(args);
          const result = await (interfere({ name: String(name), path, args, run }) ?? run(...args));
          return name === "open" ? wrap(result as FileHandle, () => path) : result;
        };
      },
    });
  return wrap({ ...REAL_DISK }, ([path]) => String(path));
}

/** As Windows does it: nothing is cut through a handle that appends. */
export function appendingDisk(): Disk {
  const appended = new Set<string>();
  return disturbedDisk(({ name, path, args }) => {
    if (name === "open") {
      if (Number(args[1]) & constants.O_APPEND) appended.add(path);
      else appended.delete(path);
    }
    return name === "truncate" && appended.has(path) ? Promise.reject(diskError("EPERM")) : undefined;
  });
}

export class DiedError extends Error {}

/** Ends the process, as far as the disk can tell, at its `last` operation: of a write, a part arrives. */
export function dyingDisk(last: number): Disk & { readonly isDead: boolean } {
  let operations = 0;
  const disk = disturbedDisk(({ name, args, run }) => {
    // A dead process closes its files.
    if (name === "close") return undefined;
    operations++;
    if (operations < last) return undefined;
    if (operations > last || name !== "write") return Promise.reject(new DiedError());
    const [bytes, from, length] = args as [Buffer, number, number];
    return run(bytes, from, Math.floor((length * (last % 4)) / 3)).then(() => Promise.reject(new DiedError()));
  });
  return Object.defineProperty(disk as Disk & { isDead: boolean }, "isDead", { get: () => operations >= last });
}

/** An error as the system gives it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: as the test wants it`), { code });
}
