import { basename } from "node:path";
import { createBackoff } from "../../kit/backoff.ts";
import { createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { parseFileName, shortId } from "../files/file-names.ts";
import type { OnRemove } from "../files/shelf.ts";
import { type KeptContainer, keptContainers } from "../kept/kept-containers.ts";
import type { Level } from "../levels/level.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import type { LevelContainer } from "../levels/level-rules.ts";
import type { LineListener } from "../pump/container-pump.ts";
import type { LogSource } from "../pump/log-source.ts";
import { containerAttributes } from "./container-attributes.ts";
import { type ContainerShipper, openContainerShipper, type ShipBudget } from "./container-shipper.ts";
import type { JoinRules } from "./join-lines.ts";
import type { ContainerBatch, SendBatch } from "./shipped-record.ts";

export interface LogShipperOptions extends ShipBudget {
  readonly dir: string;
  readonly fileMode: number;
  readonly minLevel: Level;
  readonly join?: JoinRules | undefined;
  /** How long lines are gathered before they are sent. */
  readonly gatherMs: number;
  /** Of the container's labels those that go with its records. */
  readonly choosesLabel: (name: string) => boolean;
  /** What runs the containers, once it is known. */
  readonly runtime: () => string | undefined;
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
  /** How old what is written down of the progress may be, so that it costs little. */
  readonly saveEveryMs?: number;
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
const STOP_WITHIN_MS = 700;
/** What fails so often in a row may be one container's doing: each is then tried alone. */
const SUSPICIOUS_FAILURES = 3;
const LOOK_EVERY_MS = 60_000;
const LOOK_AGAIN_MS = 5_000;

export function createLogShipper(options: LogShipperOptions, parts: LogShipperParts): LogShipper {
  const { dir, gatherMs, saveEveryMs = SAVE_EVERY_MS } = options;
  const shippers = new Map<string, ContainerShipper>();
  const sources = new Map<string, LogSource>();
  /** Who may have something to send, the one that has waited longest first. */
  const due = new Set<string>();
  const bell = createBell();
  const stopping = new AbortController();
  const cut = new AbortController();
  const backoff = createBackoff(options.retry ?? RETRY);
  let working: Promise<void> | undefined;
  let isUnknown = true;
  let heldInRow = 0;
  let tryAlone = 0;
  let savedAtMs = performance.now();

  async function discover() {
    isUnknown = false;
    const kept = await keptContainers(dir).catch(() => undefined);
    // The folder's own troubles are said where it is written to.
    if (kept === undefined) return lookAgainLater();
    for (const container of kept) {
      const key = container.id.slice(0, KEY_DIGITS);
      if (shippers.has(key)) continue;
      try {
        shippers.set(key, await opened(container, sources.get(key)));
        due.add(key);
      } catch {
        lookAgainLater();
      }
    }
    const there = new Set(kept.map(({ id }) => id.slice(0, KEY_DIGITS)));
    for (const key of shippers.keys()) {
      if (there.has(key)) continue;
      for (const known of [shippers, sources, due]) known.delete(key);
    }
  }

  function lookAgainLater() {
    setTimeout(() => {
      isUnknown = true;
      bell.ring();
    }, LOOK_AGAIN_MS).unref();
  }

  function opened(kept: KeptContainer, source: LogSource | undefined): Promise<ContainerShipper> {
    const about = source ?? { id: kept.id, name: kept.name };
    const { minLevel, join, fileMode } = options;
    const levelOf = parts.levelsOf(about);
    const { telemetry } = parts;
    const attributes = attributesOf(about);
    const isKnown = source !== undefined;
    return openContainerShipper({
      kept,
      levelOf,
      attributes,
      isKnown,
      minLevel,
      join,
      fileMode,
      telemetry,
      nowMs: Date.now,
    });
  }

  function attributesOf(about: Pick<LogSource, "id" | "name"> & Partial<LogSource>) {
    return containerAttributes({ ...about, runtime: options.runtime(), choosesLabel: options.choosesLabel });
  }

  /** One request: of as many containers as it has room for. */
  async function ship(): Promise<"more" | "done" | "held"> {
    const collected: ContainerShipper[] = [];
    const batch: ContainerBatch[] = [];
    let { maxRecords, maxBytes } = options;
    let isMore = false;
    for (const key of [...due]) {
      const shipper = shippers.get(key);
      due.delete(key);
      if (shipper === undefined) continue;
      const found = await shipper.collect({ maxRecords, maxBytes });
      collected.push(shipper);
      if (found.batch.records.length > 0) batch.push(found.batch);
      maxRecords -= found.batch.records.length;
      maxBytes -= found.bytes;
      if (found.isMore) due.add(key);
      if (found.dueAtMs !== undefined) later(key, found.dueAtMs - Date.now());
      isMore ||= found.isMore;
      if (maxRecords <= 0 || maxBytes <= 0 || (tryAlone > 0 && batch.length > 0)) break;
    }
    isMore ||= due.size > 0;
    if (tryAlone > 0) tryAlone--;
    if ((await parts.send(batch, cut.signal)) === "held") {
      for (const shipper of collected) {
        shipper.putBack();
        due.add(shipper.id.slice(0, KEY_DIGITS));
      }
      return "held";
    }
    for (const shipper of collected) shipper.settled();
    return isMore ? "more" : "done";
  }

  function later(key: string, ms: number) {
    setTimeout(
      () => {
        due.add(key);
        bell.ring();
      },
      Math.max(1, ms),
    ).unref();
  }

  async function save() {
    savedAtMs = performance.now();
    for (const shipper of shippers.values()) if (!shipper.isSaved) await shipper.save();
  }

  async function work() {
    while (!cut.signal.aborted) {
      if (isUnknown) await discover();
      const outcome = due.size === 0 ? "done" : await ship();
      if (outcome !== "held") {
        if (heldInRow > 0) backoff.reset();
        heldInRow = 0;
      }
      if (performance.now() - savedAtMs >= saveEveryMs) await save();
      if (outcome === "more") continue;
      if (stopping.signal.aborted) break;
      if (outcome === "held") {
        heldInRow++;
        if (heldInRow === SUSPICIOUS_FAILURES) tryAlone = due.size;
        await wait(backoff.next(), stopping.signal);
        continue;
      }
      if (due.size === 0 && !isUnknown) await bell.heard(isAnyUnsaved() ? saveEveryMs : LOOK_EVERY_MS, stopping.signal);
      await wait(gatherMs, stopping.signal);
    }
    await save();
  }

  function isAnyUnsaved(): boolean {
    for (const { isSaved } of shippers.values()) if (!isSaved) return true;
    return false;
  }

  return {
    start() {
      working ??= work();
    },
    listen(source) {
      const key = shortId(source.id);
      sources.set(key, source);
      shippers.get(key)?.describe({ levelOf: parts.levelsOf(source), attributes: attributesOf(source) });
      return () => {
        if (!shippers.has(key)) isUnknown = true;
        due.add(key);
        bell.ring();
      };
    },
    async onRemove(path) {
      const key = parseFileName(basename(path))?.shortId;
      const shipper = key === undefined ? undefined : shippers.get(key);
      // A count that can't be had must not keep a full disk from being freed.
      await shipper?.removing(path).catch(() => undefined);
    },
    async stop() {
      stopping.abort();
      const timer = setTimeout(() => cut.abort(), STOP_WITHIN_MS);
      await working;
      clearTimeout(timer);
    },
  };
}

const KEY_DIGITS = 12;
