import { constants } from "node:fs";
import { codeOf, type Disk } from "../files/disk.ts";
import type { Level } from "../levels/level.ts";
import type { LogStream } from "../log-line.ts";
import type { ContainerAttributes } from "./shipped-record.ts";

/** Where in a container's files: before `offset`, in bytes of the file as it was written, all is done. */
export interface ShipPosition {
  /** The file's number, which the one that is written to gets when it is rotated. */
  readonly sequence: number;
  readonly offset: number;
  /** Which file it was, unless it was compressed: another of that number is read from its beginning. */
  readonly identity?: string | undefined;
}

/** Of lines in parts of which some are before the position: the level of the first. */
export type UnfinishedLevels = { readonly [Stream in LogStream]?: Level | undefined };

export interface NotedPosition extends ShipPosition {
  readonly unfinished?: UnfinishedLevels | undefined;
}

export function isBefore(one: ShipPosition, other: ShipPosition): boolean {
  return one.sequence === other.sequence ? one.offset < other.offset : one.sequence < other.sequence;
}

/** How far a container's lines were accepted, and whose they are, for when the engine no longer knows. */
export interface ShipCheckpoint extends NotedPosition {
  readonly version: 1;
  readonly attributes: ContainerAttributes;
}

/** Undefined: there is none that makes sense, so that everything is sent, some of it again. */
export async function readShipCheckpoint(disk: Disk, path: string): Promise<ShipCheckpoint | undefined> {
  try {
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    const checkpoint: unknown = JSON.parse(await disk.readFile(path, { encoding: "utf8", flag }));
    return isCheckpoint(checkpoint) ? checkpoint : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === "ENOENT" || codeOf(error) === "ELOOP") return undefined;
    throw error;
  }
}

function isCheckpoint(value: unknown): value is ShipCheckpoint {
  const { version, sequence, offset, attributes } = (value ?? {}) as Partial<Record<keyof ShipCheckpoint, unknown>>;
  return (
    version === 1 &&
    Number.isSafeInteger(sequence) &&
    Number.isSafeInteger(offset) &&
    typeof attributes === "object" &&
    attributes !== null
  );
}
