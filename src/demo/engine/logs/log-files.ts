/** The files of a log driver, as numbers: which entries it still has, and where its files begin. */
export interface LogFiles {
  /** An entry of so many bytes is written; gives how many of the oldest entries are gone for it. */
  add(entryBytes: number): number;
  /** The numbers of the entries that the file begins with which has this one, and the one after it, if there is one. */
  fileOf(entry: number): { readonly start: number; readonly end: number | undefined };
  /** The number of the entry that the file which is written begins with. */
  readonly currentStart: number;
}

export interface LogFilesOptions {
  /** Absent: one file without a bound. */
  readonly maxSizeBytes: number | undefined;
  readonly maxFiles: number;
}

/** moby's daemon/logger/loggerutils/logfile.go: a file that has reached its size is left with the next entry. */
export function createLogFiles({ maxSizeBytes = Number.POSITIVE_INFINITY, maxFiles }: LogFilesOptions): LogFiles {
  const files = [{ entries: 0, sizeBytes: 0 }];
  /** Of all files there ever were. */
  const starts = [0];
  let written = 0;
  return {
    add(entryBytes) {
      let current = files[files.length - 1] as (typeof files)[number];
      let dropped = 0;
      if (current.sizeBytes >= maxSizeBytes) {
        current = { entries: 0, sizeBytes: 0 };
        files.push(current);
        starts.push(written);
        if (files.length > maxFiles) dropped = files.shift()?.entries ?? 0;
      }
      written++;
      current.entries++;
      current.sizeBytes += entryBytes;
      return dropped;
    },
    fileOf(entry) {
      const index = starts.findLastIndex((start) => start <= entry);
      return { start: starts[index] ?? 0, end: starts[index + 1] };
    },
    get currentStart() {
      return starts.at(-1) ?? 0;
    },
  };
}

/** "10k", "20m", "1g", as the engine takes a size. */
export function bytesOfSize(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([kmg]?)b?$/i.exec(text) ?? [];
  if (digits === "") throw new Error(`${text} is no size of a log file`);
  return Number(digits) * 1024 ** ["", "k", "m", "g"].indexOf(unit.toLowerCase());
}
