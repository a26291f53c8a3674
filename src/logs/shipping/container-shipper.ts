import { basename } from "node:path";
import { msFromNanoTime } from "../../kit/nano-time.ts";
import { logRecordsOvertaken, logShippingUnreadable } from "../../telemetry/events/shipped-logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { fileNames } from "../files/file-names.ts";
import type { KeptContainer } from "../kept/kept-containers.ts";
import type { Level } from "../levels/level.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import { createLineJoiner, type JoinRules, type LineGroup, type LineJoiner } from "./join-lines.ts";
import type { JoinRoom } from "./join-room.ts";
import { type CursorRest, createLineCursor } from "./line-cursor.ts";
import { filesNow } from "./open-kept-file.ts";
import { readFrom } from "./read-from.ts";
import type { ReaderTurns } from "./reader-turns.ts";
import { createRecordMaker, type RecordMaker } from "./record-maker.ts";
import type { NotedPosition, ShipPosition, UnfinishedLevels } from "./ship-position.ts";
import type { ContainerAttributes, ContainerBatch, ShippedRecord } from "./shipped-record.ts";
import { readProgress, type ShippingProgress } from "./shipping-progress.ts";

export interface ShipBudget {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface Collected {
  readonly batch: ContainerBatch;
  readonly bytes: number;
  /** "more": the budget ended it. "waits": so it did, and the next is to be when its turn comes. */
  readonly rest: CursorRest;
  /** A record waits for further lines until then. */
  readonly dueAtMs: number | undefined;
}

/** Sends what is in one container's files: a step collects, and what it collected is then settled or put back. */
export interface ContainerShipper {
  readonly key: string;
  readonly progress: Pick<ShippingProgress, "position" | "unfinished" | "isSaved" | "save">;
  describe(about: { levelOf: LineLevel; attributes: ContainerAttributes }): void;
  collect(budget: ShipBudget): Promise<Collected>;
  settled(): void;
  putBack(): Promise<void>;
  /** One of its files is about to go: what was not sent of it is counted. */
  removing(path: string): Promise<void>;
  /** Of when the oldest line is that waits to be sent, as far as it has been read. */
  readonly waitingSinceMs: number | undefined;
  /** What its files hold after what was sent; of one that is compressed all, as it is. */
  unsentBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface ContainerShipperParts {
  readonly key: string;
  readonly kept: KeptContainer;
  readonly levelOf: LineLevel;
  readonly attributes: ContainerAttributes;
  /** The engine has told of it; else what was written down of it counts more. */
  readonly isKnown: boolean;
  readonly noted: NotedPosition | undefined;
  readonly minLevel: Level;
  readonly join?: JoinRules | undefined;
  readonly joinRoom: JoinRoom;
  readonly fileMode: number;
  readonly turns: ReaderTurns;
  readonly telemetry: Telemetry;
  readonly nowMs: () => number;
}

/** Of a record beside its body, about. */
const RECORD_BYTES = 100;
/** So that a container of which hardly a line is wanted does not keep the others waiting. */
const MAX_READ_BYTES = 8 * 1024 * 1024;

/** A folder that can't be read is looked at again so much later. */
const UNREADABLE_MS = 30_000;

/** What is on its way. */
interface Flight {
  readonly position: ShipPosition | undefined;
  readonly recordsBySequence: ReadonlyMap<number, number>;
  readonly unfinished: UnfinishedLevels;
  readonly waitingSinceMs: number | undefined;
}

export async function openContainerShipper(parts: ContainerShipperParts): Promise<ContainerShipper> {
  const { key, kept, minLevel, join, joinRoom, turns, telemetry, nowMs } = parts;
  const container = { containerId: kept.id, name: kept.name };
  const progress = await readProgress({ ...parts, path: fileNames(kept.folder, kept.stem).shipped });
  const cursor = createLineCursor(kept, { key, turns, onUnreadable: unreadable });
  let { levelOf } = parts;
  /** Beyond the progress by what the joiner holds back. */
  let readTo = progress.position;
  let joiner = newJoiner();
  let maker = newMaker();
  let flight: Flight | undefined;
  /** From a collection to what becomes of it. */
  let isBusy = false;
  let lastTurn: Promise<unknown> = Promise.resolve();
  let removedTo = -1;
  let waitingSinceMs: number | undefined;
  let saidOvertaken = false;
  const saidUnreadable = new Set<string>();

  function newJoiner(): LineJoiner | undefined {
    return join && createLineJoiner(join, { key, room: joinRoom });
  }

  function newMaker(): RecordMaker {
    return createRecordMaker({ levelOf: (line, stream) => levelOf(line, stream), minLevel }, progress.unfinished);
  }

  function unreadable(file: string, error: unknown) {
    if (saidUnreadable.has(file)) return;
    saidUnreadable.add(file);
    logShippingUnreadable(telemetry, container, { path: file, error: String(error) });
  }

  /** A file does not go in the middle of a reading, and is not read once it was counted: each record is one or the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => {});
    return turn;
  }

  function afterRemoved(position: ShipPosition | undefined): ShipPosition | undefined {
    if (removedTo < 0 || (position !== undefined && position.sequence > removedTo)) return position;
    return { sequence: removedTo + 1, offset: 0 };
  }

  async function read({ maxRecords, maxBytes }: ShipBudget): Promise<Collected> {
    const records: ShippedRecord[] = [];
    const recordsBySequence = new Map<number, number>();
    isBusy = true;
    let sequence = progress.position?.sequence ?? 0;
    let bytes = 0;
    let readBytes = 0;
    let lastTime = "";
    const onGroup = (group: LineGroup) => {
      const record = maker.recordOf(group, nowMs());
      if (record === undefined) return;
      records.push(minLevel === "trace" ? record : alone(record));
      bytes += record.body.length + RECORD_BYTES;
      recordsBySequence.set(sequence, (recordsBySequence.get(sequence) ?? 0) + 1);
    };
    joiner?.giveOverdue(onGroup);
    const rest = await cursor.read(afterRemoved(readTo), (line, file, begin, end) => {
      const { identity } = file;
      ({ sequence } = file);
      waitingSinceMs ??= timeOf(line.time);
      lastTime = line.time;
      if (joiner) joiner.add(line, { sequence, offset: begin, identity }, nowMs(), onGroup);
      else onGroup([line]);
      readTo = { sequence, offset: end, identity };
      readBytes += end - begin;
      return records.length < maxRecords && bytes < maxBytes && readBytes < MAX_READ_BYTES ? "more" : "enough";
    });
    if (rest === "none") joiner?.expire(nowMs(), onGroup);
    const heldFrom = joiner?.heldFrom();
    const isAtEnd = rest === "none" && heldFrom === undefined;
    flight = {
      position: heldFrom ?? readTo,
      recordsBySequence,
      unfinished: maker.unfinished(),
      waitingSinceMs: isAtEnd ? undefined : timeOf(lastTime),
    };
    return { batch: { attributes: progress.attributes, records }, bytes, rest, dueAtMs: joiner?.dueAtMs() };
  }

  /** Of `raw` files no line tells. */
  function timeOf(time: string): number {
    return time === "" ? nowMs() : msFromNanoTime(time);
  }

  async function collect(budget: ShipBudget): Promise<Collected> {
    try {
      return await inTurn(() => read(budget));
    } catch (error) {
      unreadable(kept.folder, error);
      await putBack();
      const batch = { attributes: progress.attributes, records: [] };
      return { batch, bytes: 0, rest: "none", dueAtMs: nowMs() + UNREADABLE_MS };
    }
  }

  function settled() {
    isBusy = false;
    if (flight === undefined) return;
    progress.moveTo(flight.position, flight.unfinished);
    ({ waitingSinceMs } = flight);
    if (flight.recordsBySequence.size > 0) saidOvertaken = false;
    flight = undefined;
  }

  async function putBack() {
    const { recordsBySequence } = flight ?? {};
    const { position } = progress;
    flight = undefined;
    isBusy = false;
    if (position === undefined || position.sequence <= removedTo) {
      // Of files that went meanwhile nothing can be read again.
      let records = 0;
      for (const [sequence, count] of recordsBySequence ?? []) if (sequence <= removedTo) records += count;
      if (records > 0) overtaken(kept.stem, records);
      progress.moveTo(afterRemoved(position), progress.unfinished);
    }
    readTo = progress.position;
    joiner?.drop();
    joiner = newJoiner();
    maker = newMaker();
    await cursor.close();
  }

  function overtaken(file: string, records: number) {
    logRecordsOvertaken(telemetry, container, { path: file, records }, { isNews: !saidOvertaken });
    saidOvertaken = true;
  }

  async function recordsIn(sequence: number, from: ShipPosition | undefined): Promise<number> {
    const counter = createRecordMaker({ levelOf, minLevel }, from === undefined ? {} : maker.unfinished());
    const start = from?.sequence === sequence ? from : { sequence, offset: 0 };
    let records = 0;
    for await (const placed of readFrom(kept, start, { onUnreadable: unreadable })) {
      if (placed.sequence !== sequence) break;
      for (const line of placed.lines) if (counter.recordOf([line], 0)) records++;
    }
    return records;
  }

  async function removing(file: string) {
    const name = basename(file);
    const found = (await filesNow(kept)).find(({ path }) => basename(path).replace(/\.gz$/, "") === name);
    // With nothing on its way, what the joiner holds back is read again, unless it goes now.
    const done = isBusy ? readTo : progress.position;
    if (found === undefined || found.sequence < (done?.sequence ?? 0)) {
      if (found) removedTo = Math.max(removedTo, found.sequence);
      return;
    }
    const records = await recordsIn(found.sequence, done);
    removedTo = Math.max(removedTo, found.sequence);
    if (records > 0) overtaken(file, records);
    if (!isBusy) await putBack();
  }

  return {
    key,
    progress,
    describe(about) {
      ({ levelOf } = about);
      progress.describe(about.attributes);
    },
    collect,
    settled,
    putBack,
    removing: (file) => inTurn(() => removing(file)),
    get waitingSinceMs() {
      return waitingSinceMs;
    },
    async unsentBytes() {
      const { sequence = 0, offset = 0 } = progress.position ?? {};
      let unsent = 0;
      for (const file of await filesNow(kept)) {
        if (file.sequence > sequence) unsent += file.bytes;
        else if (file.sequence === sequence)
          unsent += file.isCompressed ? file.bytes : Math.max(0, file.bytes - offset);
      }
      return unsent;
    },
    async close() {
      joiner?.drop();
      await cursor.close();
    },
  };
}

/** Where hardly a line is wanted, each would hold a whole chunk that was read with it. */
function alone(record: ShippedRecord): ShippedRecord {
  return { ...record, body: Buffer.from(record.body) };
}
