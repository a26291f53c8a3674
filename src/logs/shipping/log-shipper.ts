import { basename } from "node:path";
import { createBackoff } from "../../kit/backoff.ts";
import { createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import { logShippingMeasured } from "../../telemetry/events/shipped-logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { parseFileName, shortId } from "../files/file-names.ts";
import type { OnRemove } from "../files/shelf.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import type { LevelContainer } from "../levels/level-rules.ts";
import type { LineListener } from "../pump/container-pump.ts";
import type { LogSource } from "../pump/log-source.ts";
import type { ContainerShipper, ShipBudget } from "./container-shipper.ts";
import { createJoinRoom } from "./join-room.ts";
import { createReaderTurns } from "./reader-turns.ts";
import { createShipJournal } from "./ship-journal.ts";
import type { ContainerBatch, SendBatch } from "./shipped-record.ts";
import { createShippedContainers, type ShippedContainersOptions } from "./shipping-containers.ts";
import { saveAll } from "./shipping-progress.ts";

export interface LogShipperOptions extends ShipBudget, ShippedContainersOptions {
  /** How long lines are gathered before they are sent. */
  readonly gatherMs: number;
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
  /** How old a container's checkpoint may be, so that it costs little; until then the journal counts. */
  readonly saveEveryMs?: number;
  readonly measureEveryMs?: number;
  /** What the lines that are held back to be joined may take, of all containers together. */
  readonly maxHeldBytes?: number;
}

export interface LogShipperParts {
  readonly send: SendBatch;
  readonly levelsOf: (container: LevelContainer) => LineLevel;
  readonly telemetry: Telemetry;
}

/**
 * Sends what the files hold, from where it was left: the files are the buffer, so that a receiver that is away delays
 * records and costs none before the files themselves go. At least once: a kill sends some again.
 */
export interface LogShipper {
  start(): void;
  /** To be told of the container's lines, once they are written. */
  listen(source: LogSource): LineListener;
  /** To be told of a file that is about to go. */
  readonly onRemove: OnRemove;
  /** Sends what it can within a moment; the rest waits in the files. */
  stop(): Promise<void>;
}

const RETRY = { firstMs: 500, maxMs: 30_000 };
const SAVE_EVERY_MS = 5_000;
const MEASURE_EVERY_MS = 5_000;
const STOP_WITHIN_MS = 700;
const SAVE_WITHIN_MS = 2_000;
/** What fails so often in a row may be one container's doing: each is then tried alone. */
const SUSPICIOUS_FAILURES = 3;
const LOOK_EVERY_MS = 60_000;
const LOOK_AGAIN_MS = 5_000;
const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** Compressed files that stay open between requests, of so many containers. */
const MAX_OPEN_READERS = 16;

export function createLogShipper(options: LogShipperOptions, parts: LogShipperParts): LogShipper {
  const { dir, fileMode, gatherMs, saveEveryMs = SAVE_EVERY_MS, measureEveryMs = MEASURE_EVERY_MS } = options;
  const turns = createReaderTurns(MAX_OPEN_READERS);
  const joinRoom = createJoinRoom(options.maxHeldBytes ?? MAX_HELD_BYTES);
  const journal = createShipJournal(dir, fileMode);
  const containers = createShippedContainers(options, { ...parts, turns, joinRoom, journal });
  const shippers = containers.all;
  /** Who may have something to send, the one that has waited longest first. */
  const due = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const bell = createBell();
  const stopping = new AbortController();
  const cut = new AbortController();
  const backoff = createBackoff(options.retry ?? RETRY);
  let working: Promise<void> | undefined;
  let measuring: NodeJS.Timeout | undefined;
  let isUnknown = true;
  let heldInRow = 0;
  let tryAlone = 0;
  let savedAtMs = performance.now();

  async function discover() {
    isUnknown = false;
    const { found, gone, isAll } = await containers.discover();
    for (const key of found) due.add(key);
    for (const key of gone) due.delete(key);
    if (isAll) return;
    const again = () => {
      isUnknown = true;
    };
    later("", LOOK_AGAIN_MS, again);
  }

  /** One request: of as many containers as it has room for. */
  async function ship(): Promise<"more" | "done" | "held"> {
    const collected: ContainerShipper[] = [];
    const batch: ContainerBatch[] = [];
    let { maxRecords, maxBytes } = options;
    for (const key of new Set([...joinRoom.overdue(), ...due])) {
      const shipper = shippers.get(key);
      due.delete(key);
      if (shipper === undefined || turns.isWaiting(key)) continue;
      const found = await shipper.collect({ maxRecords, maxBytes });
      collected.push(shipper);
      if (found.batch.records.length > 0) batch.push(found.batch);
      maxRecords -= found.batch.records.length;
      maxBytes -= found.bytes;
      if (found.rest === "more") due.add(key);
      if (found.dueAtMs !== undefined) later(key, found.dueAtMs - Date.now(), () => due.add(key));
      const isFull = maxRecords <= 0 || maxBytes <= 0 || joinRoom.isOver;
      if (isFull || (tryAlone > 0 && batch.length > 0)) break;
    }
    if (tryAlone > 0) tryAlone--;
    if ((await parts.send(batch, cut.signal)) === "held") {
      for (const shipper of collected) {
        await shipper.putBack();
        due.add(shipper.key);
      }
      return "held";
    }
    for (const shipper of collected) shipper.settled();
    if (batch.length > 0) await journal.note(collected.flatMap(noteOf));
    for (let key = turns.next(); key !== undefined; key = turns.next()) due.add(key);
    return hasWork() ? "more" : "done";
  }

  /** One timer for each. */
  function later(key: string, ms: number, work: () => void) {
    clearTimeout(timers.get(key));
    const timer = setTimeout(
      () => {
        timers.delete(key);
        work();
        bell.ring();
      },
      Math.max(1, ms),
    );
    timers.set(key, timer.unref());
  }

  async function save(signal: AbortSignal) {
    savedAtMs = performance.now();
    await saveAll(
      shippers.values().map(({ progress }) => progress),
      signal,
    );
    if (!isAnyUnsaved()) await journal.clear();
  }

  async function work() {
    await journal.open();
    while (!cut.signal.aborted) {
      if (isUnknown) await discover();
      const outcome = hasWork() ? await ship() : "done";
      if (outcome !== "held") {
        if (heldInRow > 0) backoff.reset();
        heldInRow = 0;
      }
      if (performance.now() - savedAtMs >= saveEveryMs) await save(stopping.signal);
      if (outcome === "more") continue;
      if (stopping.signal.aborted) break;
      if (outcome === "held") {
        heldInRow++;
        if (heldInRow === SUSPICIOUS_FAILURES) tryAlone = due.size;
        await wait(backoff.next(), stopping.signal);
        continue;
      }
      if (!hasWork() && !isUnknown) await bell.heard(isAnyUnsaved() ? saveEveryMs : LOOK_EVERY_MS, stopping.signal);
      await wait(gatherMs, stopping.signal);
    }
    // The journal has what is not saved by then.
    await save(AbortSignal.timeout(SAVE_WITHIN_MS));
    for (const shipper of shippers.values()) await shipper.close();
    await journal.close();
  }

  function hasWork(): boolean {
    return due.size > 0 || joinRoom.isOver;
  }

  function isAnyUnsaved(): boolean {
    for (const { progress } of shippers.values()) if (!progress.isSaved) return true;
    return false;
  }

  async function measure() {
    let lagMs = 0;
    let unsentBytes = 0;
    for (const [key, { waitingSinceMs, unsentBytes: bytesOf }] of shippers) {
      if (waitingSinceMs !== undefined) lagMs = Math.max(lagMs, Date.now() - waitingSinceMs);
      if (waitingSinceMs === undefined && !due.has(key)) continue;
      unsentBytes += await bytesOf().catch(() => 0);
    }
    logShippingMeasured(parts.telemetry, { lagSeconds: lagMs / 1000, unsentBytes });
  }

  async function measureAgainAndAgain() {
    await measure();
    if (!stopping.signal.aborted) measuring = setTimeout(measureAgainAndAgain, measureEveryMs).unref();
  }

  return {
    start() {
      working ??= work();
      void measureAgainAndAgain();
    },
    listen(source) {
      const key = shortId(source.id);
      containers.told(source);
      return () => {
        if (!shippers.has(key)) {
          // Its files may have been removed, and with them what was told of it.
          containers.told(source);
          isUnknown = true;
        }
        due.add(key);
        bell.ring();
      };
    },
    async onRemove(path) {
      const key = parseFileName(basename(path))?.shortId;
      const shipper = key === undefined ? undefined : shippers.get(key);
      if (shipper === undefined) return;
      // A count that can't be had must not keep a full disk from being freed.
      await shipper.removing(path).catch(() => undefined);
      due.add(shipper.key);
      bell.ring();
    },
    async stop() {
      stopping.abort();
      clearTimeout(measuring);
      const timer = setTimeout(() => cut.abort(), STOP_WITHIN_MS);
      await working;
      clearTimeout(timer);
      for (const one of timers.values()) clearTimeout(one);
    },
  };
}

function noteOf({ key, progress }: ContainerShipper) {
  if (progress.isSaved || progress.position === undefined) return [];
  const { sequence, offset, identity } = progress.position;
  return [[key, { sequence, offset, identity, unfinished: progress.unfinished }] as const];
}
