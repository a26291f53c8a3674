import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { isBefore, type NotedPosition } from "./ship-position.ts";

/**
 * How far each request brought its containers, in one line a request: their checkpoints, a file each, are written seconds
 * later, so that a thousand containers cost little, and a kill between the two repeats no request but the last.
 */
export interface ShipJournal {
  /** Reads what the last agent left. */
  open(): Promise<void>;
  positionOf(key: string): NotedPosition | undefined;
  note(positions: readonly (readonly [key: string, position: NotedPosition])[]): Promise<void>;
  /** All is in the checkpoints. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** It grows while checkpoints can't be written. What is over this is not noted: a kill then repeats more. */
const MAX_BYTES = 4 * 1024 * 1024;

export function createShipJournal(dir: string, fileMode: number): ShipJournal {
  const noted = new Map<string, NotedPosition>();
  let handle: FileHandle | undefined;
  let bytes = 0;

  function take(line: string) {
    for (const [key, position] of entriesIn(line)) {
      const earlier = noted.get(key);
      if (earlier === undefined || isBefore(earlier, position)) noted.set(key, position);
    }
  }

  return {
    async open() {
      try {
        const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
        handle = await open(join(dir, ".shipped"), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, fileMode);
        const text = await handle.readFile("utf8");
        bytes = text.length;
        for (const line of text.split("\n")) take(line);
      } catch {
        // Without it the checkpoints count, which are a few seconds older.
      }
    },
    positionOf: (key) => noted.get(key),
    async note(positions) {
      // The line before may be torn.
      const line = `\n${JSON.stringify(positions)}`;
      if (handle === undefined || bytes + line.length > MAX_BYTES) return;
      bytes += line.length;
      // What can't be written is said of the checkpoints.
      await handle.appendFile(line).catch(() => {});
    },
    async clear() {
      noted.clear();
      if (bytes === 0) return;
      await handle?.truncate(0).then(
        () => {
          bytes = 0;
        },
        () => {},
      );
    },
    async close() {
      await handle?.close().catch(() => {});
      handle = undefined;
    },
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
