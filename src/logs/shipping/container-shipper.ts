import { basename } from "node:path";
import { logRecordsOvertaken, logShippingUnreadable, logShippingUnsaved } from "../../telemetry/events/shipped-logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { writeCheckpoint } from "../files/checkpoint.ts";
import { REAL_DISK } from "../files/disk.ts";
import { fileNames } from "../files/file-names.ts";
import { type KeptContainer, keptFiles } from "../kept/kept-containers.ts";
import type { Level } from "../levels/level.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import { createLineJoiner, type JoinRules, type LineGroup, type LineJoiner } from "./join-lines.ts";
import { readFrom } from "./read-from.ts";
import { createRecordMaker, type RecordMaker } from "./record-maker.ts";
import { readShipCheckpoint, type ShipCheckpoint, type ShipPosition } from "./ship-position.ts";
import type { ContainerAttributes, ContainerBatch, ShippedRecord } from "./shipped-record.ts";

export interface ShipBudget {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export interface Collected {
  readonly batch: ContainerBatch;
  readonly bytes: number;
  /** The budget ended it, and there may be more at once. */
  readonly isMore: boolean;
  /** A record waits for further lines until then. */
  readonly dueAtMs: number | undefined;
}

/** Sends what is in one container's files: a step collects, and what it collected is then settled or put back. */
export interface ContainerShipper {
  readonly id: string;
  describe(about: { levelOf: LineLevel; attributes: ContainerAttributes }): void;
  collect(budget: ShipBudget): Promise<Collected>;
  settled(): void;
  putBack(): void;
  /** Writes down how far it has come, where that has changed. */
  save(): Promise<void>;
  readonly isSaved: boolean;
  /** One of its files is about to go: what was not sent of it is counted. */
  removing(path: string): Promise<void>;
}

export interface ContainerShipperParts {
  readonly kept: KeptContainer;
  readonly levelOf: LineLevel;
  readonly attributes: ContainerAttributes;
  /** The engine has told of it; else what was written down of it counts more. */
  readonly isKnown: boolean;
  readonly minLevel: Level;
  readonly join?: JoinRules | undefined;
  readonly fileMode: number;
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
  position: ShipPosition | undefined;
  readonly recordsBySequence: Map<number, number>;
  readonly unfinished: ShipCheckpoint["unfinished"];
}

/** Where hardly a line is wanted, each would hold a whole chunk that was read with it. */
function alone(record: ShippedRecord): ShippedRecord {
  return { ...record, body: Buffer.from(record.body) };
}

export async function openContainerShipper(parts: ContainerShipperParts): Promise<ContainerShipper> {
  const { kept, minLevel, join, fileMode, telemetry, nowMs } = parts;
  const path = fileNames(kept.folder, kept.stem).shipped;
  const container = { containerId: kept.id, name: kept.name };
  const checkpoint = await readShipCheckpoint(REAL_DISK, path);
  let { levelOf } = parts;
  let attributes = parts.isKnown ? parts.attributes : (checkpoint?.attributes ?? parts.attributes);
  /** All before it is settled. */
  let accepted: ShipPosition | undefined = checkpoint;
  let unfinished = checkpoint?.unfinished;
  /** Beyond `accepted` by what the joiner holds back. */
  let readTo: ShipPosition | undefined = accepted;
  let joiner = newJoiner();
  let maker = newMaker();
  let flight: Flight | undefined;
  /** From a collection to what becomes of it. */
  let isBusy = false;
  let lastTurn: Promise<unknown> = Promise.resolve();
  let removedTo = -1;
  let isSaved = checkpoint === undefined || JSON.stringify(attributes) === JSON.stringify(checkpoint.attributes);
  let saidUnsaved = false;
  let saidOvertaken = false;
  const saidUnreadable = new Set<string>();

  function newJoiner(): LineJoiner | undefined {
    return join && createLineJoiner(join);
  }

  function newMaker(): RecordMaker {
    return createRecordMaker({ levelOf: (line, stream) => levelOf(line, stream), minLevel }, unfinished);
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
    let sequence = 0;
    let bytes = 0;
    let readBytes = 0;
    let isMore = false;
    const onGroup = (group: LineGroup) => {
      const record = maker.recordOf(group, nowMs());
      if (record === undefined) return;
      records.push(minLevel === "trace" ? record : alone(record));
      bytes += record.body.length + RECORD_BYTES;
      recordsBySequence.set(sequence, (recordsBySequence.get(sequence) ?? 0) + 1);
    };
    reading: for await (const placed of readFrom(kept, afterRemoved(readTo), unreadable)) {
      const { identity, lines, ends } = placed;
      sequence = placed.sequence;
      let { begin } = placed;
      for (let i = 0; i < lines.length; i++) {
        const line = lines[i] as (typeof lines)[number];
        const end = ends[i] as number;
        if (joiner) joiner.add(line, { sequence, offset: begin, identity }, nowMs(), onGroup);
        else onGroup([line]);
        readBytes += end - begin;
        begin = end;
        if (records.length < maxRecords && bytes < maxBytes && readBytes < MAX_READ_BYTES) continue;
        readTo = { sequence, offset: end, identity };
        isMore = true;
        break reading;
      }
      readTo = { sequence, offset: begin, identity };
    }
    if (!isMore) joiner?.expire(nowMs(), onGroup);
    flight = { position: joiner?.heldFrom() ?? readTo, recordsBySequence, unfinished: maker.unfinished() };
    return { batch: { attributes, records }, bytes, isMore, dueAtMs: joiner?.dueAtMs() };
  }

  async function collect(budget: ShipBudget): Promise<Collected> {
    try {
      return await inTurn(() => read(budget));
    } catch (error) {
      unreadable(kept.folder, error);
      putBack();
      return { batch: { attributes, records: [] }, bytes: 0, isMore: false, dueAtMs: nowMs() + UNREADABLE_MS };
    }
  }

  function settled() {
    isBusy = false;
    if (flight === undefined) return;
    const { position } = flight;
    const hasMoved = position?.sequence !== accepted?.sequence || position?.offset !== accepted?.offset;
    if (hasMoved) isSaved = false;
    accepted = position;
    unfinished = flight.unfinished;
    if (flight.recordsBySequence.size > 0) saidOvertaken = false;
    flight = undefined;
  }

  function putBack() {
    const { recordsBySequence } = flight ?? {};
    flight = undefined;
    isBusy = false;
    if (accepted === undefined || accepted.sequence <= removedTo) {
      // Of files that went meanwhile nothing can be read again.
      let records = 0;
      for (const [sequence, count] of recordsBySequence ?? []) if (sequence <= removedTo) records += count;
      if (records > 0) overtaken(kept.stem, records);
      accepted = afterRemoved(accepted);
    }
    readTo = accepted;
    joiner = newJoiner();
    maker = newMaker();
  }

  function overtaken(file: string, records: number) {
    logRecordsOvertaken(telemetry, container, { path: file, records }, { isNews: !saidOvertaken });
    saidOvertaken = true;
  }

  async function recordsIn(sequence: number, from: ShipPosition | undefined): Promise<number> {
    const counter = createRecordMaker({ levelOf, minLevel }, from === undefined ? {} : maker.unfinished());
    const start = from?.sequence === sequence ? from : { sequence, offset: 0 };
    let records = 0;
    for await (const placed of readFrom(kept, start, unreadable)) {
      if (placed.sequence !== sequence) break;
      for (const line of placed.lines) if (counter.recordOf([line], 0)) records++;
    }
    return records;
  }

  async function removing(file: string) {
    const name = basename(file);
    const found = (await keptFiles(kept)).find(({ path }) => basename(path).replace(/\.gz$/, "") === name);
    // With nothing on its way, what the joiner holds back is read again, unless it goes now.
    const done = isBusy ? readTo : accepted;
    if (found === undefined || found.sequence < (done?.sequence ?? 0)) {
      if (found) removedTo = Math.max(removedTo, found.sequence);
      return;
    }
    const records = await recordsIn(found.sequence, done);
    removedTo = Math.max(removedTo, found.sequence);
    if (records > 0) overtaken(file, records);
    if (!isBusy) putBack();
  }

  return {
    id: kept.id,
    describe(about) {
      ({ levelOf } = about);
      if (JSON.stringify(about.attributes) !== JSON.stringify(attributes)) isSaved = accepted === undefined;
      ({ attributes } = about);
    },
    collect,
    settled,
    putBack,
    get isSaved() {
      return isSaved;
    },
    async save() {
      if (isSaved || accepted === undefined) return;
      const { sequence, offset, identity } = accepted;
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
    removing: (file) => inTurn(() => removing(file)),
  };
}
