import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { cutFile, FILE_FLAGS } from "../files/cut-file.ts";
import { type Disk, identityAt, identityOf, REAL_DISK } from "../files/disk.ts";
import { isBefore, type NotedPosition } from "./ship-position.ts";

/**
 * How far each request brought its containers, in one line a request: their checkpoints, a file each, are written seconds
 * later, so that a thousand containers cost little, and a kill between the two repeats no request but the last.
 */
export interface ShipJournal {
  /** Reads what the last agent left. */
  open(): Promise<void>;
  positionOf(key: string): NotedPosition | undefined;
  /** Also when others removed the folder, as soon as it is there again. */
  note(positions: readonly (readonly [key: string, position: NotedPosition])[]): Promise<void>;
  /** All is in the checkpoints. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** It grows while checkpoints can't be written. What is over this is not noted: a kill then repeats more. */
const MAX_BYTES = 4 * 1024 * 1024;

interface OpenJournal {
  readonly handle: FileHandle;
  readonly identity: string;
  bytes: number;
}

export function createShipJournal(dir: string, fileMode: number, disk: Disk = REAL_DISK): ShipJournal {
  const path = join(dir, ".shipped");
  const noted = new Map<string, NotedPosition>();
  let journal: OpenJournal | undefined;

  function take(line: string) {
    for (const [key, position] of entriesIn(line)) {
      const earlier = noted.get(key);
      if (earlier === undefined || isBefore(earlier, position)) noted.set(key, position);
    }
  }

  async function opened(): Promise<OpenJournal> {
    const handle = await disk.open(path, FILE_FLAGS | constants.O_CREAT | constants.O_APPEND, fileMode);
    const stats = await handle.stat({ bigint: true });
    return { handle, identity: identityOf(stats), bytes: Number(stats.size) };
  }

  /** A folder that was removed took the file with it, and who comes next finds only what is in the one at its place. */
  async function atItsPlace(): Promise<OpenJournal | undefined> {
    const there = await identityAt(disk, path).catch(() => undefined);
    if (journal && journal.identity === there) return journal;
    await close();
    journal = await opened().catch(() => undefined);
    return journal;
  }

  async function close() {
    await journal?.handle.close().catch(() => {});
    journal = undefined;
  }

  return {
    async open() {
      try {
        journal = await opened();
        for (const line of (await journal.handle.readFile("utf8")).split("\n")) take(line);
      } catch {
        // Without it the checkpoints count, which are a few seconds older.
      }
    },
    positionOf: (key) => noted.get(key),
    async note(positions) {
      const now = await atItsPlace();
      // The line before may be torn.
      const line = `\n${JSON.stringify(positions)}`;
      if (now === undefined || now.bytes + line.length > MAX_BYTES) return;
      now.bytes += line.length;
      // What can't be written is said of the checkpoints.
      await now.handle.appendFile(line).catch(() => {});
    },
    async clear() {
      noted.clear();
      if (journal === undefined || journal.bytes === 0) return;
      const cleared = journal;
      await cutFile({ disk, path, handle: cleared.handle }, 0).then(
        () => {
          cleared.bytes = 0;
        },
        () => {},
      );
    },
    close,
  };
}

/** Of a line that a kill tore, none. */
function entriesIn(line: string): [string, NotedPosition][] {
  try {
    const entries = JSON.parse(line);
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(entry: unknown): entry is [string, NotedPosition] {
  const [key, position] = Array.isArray(entry) ? entry : [];
  return typeof key === "string" && Number.isSafeInteger(position?.sequence) && Number.isSafeInteger(position?.offset);
}
