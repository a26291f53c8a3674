import { type EngineConnection, EngineError } from "../engine/engine.ts";
import type { ContainerInspect, ContainerSummary } from "../engine/replies.ts";
import { watchEngine } from "../engine/watch-engine.ts";
import type { Backoff } from "../kit/backoff.ts";
import { eachInPool } from "../kit/pool.ts";
import { containerInspectFailed, containersLimitKept, containersLimitPassed } from "../telemetry/events/engine.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { createContainerChoice } from "./container-choice.ts";
import { changeIn, eventFilters, startingIn, summaryIn } from "./event-interest.ts";
import { createInspectCache } from "./inspect-cache.ts";
import type { Container, ContainerNews, Inventory, InventoryOptions } from "./inventory.ts";
import { keptInspect } from "./kept-inspect.ts";
import { type ListEntry, listEntry } from "./list-entry.ts";
import { createOomCounts } from "./oom-counts.ts";
import { createSilence } from "./silence.ts";

export interface InventoryParts {
  readonly engine: EngineConnection;
  readonly options: InventoryOptions;
  readonly telemetry: Telemetry;
  /** Monotonic milliseconds; a test's own. */
  readonly nowMs?: () => number;
  readonly backoff?: Backoff;
}

const INSPECTS_AT_ONCE = 8;
const MAX_CONTAINERS = 10_000;
/** Without an event stream an inspect is believed for so long. */
const BLIND_TRUST_MS = 60_000;

export function createInventory(parts: InventoryParts): Inventory {
  const { engine, options, telemetry, nowMs = () => performance.now() } = parts;
  const { envNames = [], maxContainers = MAX_CONTAINERS } = options;
  const choice = createContainerChoice(options);
  const cache = createInspectCache();
  const ooms = createOomCounts({ maxContainers });
  const limit = sayLimit(maxContainers, telemetry);
  const silence = createSilence();
  const listeners = new Set<(news?: ContainerNews) => void>();
  let listedIds: ReadonlySet<string> | undefined;
  let renewStream: (() => void) | undefined;
  let stopping: AbortController | undefined;
  /** Since when nothing tells of changes; absent while the event stream is open. */
  let blindSinceMs: number | undefined = nowMs();

  const watcher = {
    filters: eventFilters,
    onOpen(renew: () => void) {
      renewStream = renew;
      silence.opened(nowMs());
      blindSinceMs = undefined;
      cache.touchAll();
      changed();
    },
    onEvent(event: Parameters<typeof changeIn>[0]) {
      silence.told(nowMs());
      const starting = startingIn(event);
      if (starting !== undefined) return changed({ id: starting, kind: "starting" });
      const change = changeIn(event);
      if (!change) return;
      cache.touch(change.containerId);
      if (change.isOom) ooms.add(change.containerId);
      if (event.Action === "die") return changed({ id: change.containerId, kind: "died" });
      const kind = event.Action === "create" ? "created" : event.Action === "start" ? "started" : undefined;
      if (kind === undefined) return changed();
      const summary = summaryIn(event, change.containerId);
      changed({ id: change.containerId, kind, ...(choice.chooses(summary, summary.Image) && { summary }) });
    },
    onEnd() {
      blindSinceMs = nowMs();
      renewStream = undefined;
    },
  };

  function changed(news?: ContainerNews) {
    for (const listener of listeners) listener(news);
  }

  async function list(): Promise<{ summary: ContainerSummary; entry: ListEntry }[]> {
    const askedAtMs = nowMs();
    const all = await engine.listContainers({ all: true, limit: maxContainers + 1 });
    const look = { askedAtMs, answeredAtMs: nowMs() };
    limit.told(all.length);
    if (renewStream && silence.isShownBy(all, look)) renewStream();
    if (blindSinceMs !== undefined && look.answeredAtMs - blindSinceMs > BLIND_TRUST_MS) {
      cache.touchAll();
      blindSinceMs = look.answeredAtMs;
    }
    listedIds = all.length > maxContainers ? undefined : new Set(all.map(({ Id }) => Id));
    return all.slice(0, maxContainers).map((summary) => ({ summary, entry: listEntry(summary, look) }));
  }

  async function inspectInto(found: Map<string, Container>, summary: ContainerSummary, entry: ListEntry) {
    const id = summary.Id;
    const keep = cache.begin(id, nowMs());
    const reply = await engine.inspectContainer(id);
    const inspect = keep(keptInspect({ ...reply, Id: id }, { envNames }), entry, nowMs());
    found.set(id, { summary, inspect, oomEvents: ooms.of(id) });
  }

  return {
    start() {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      void watchEngine(engine, watcher, telemetry, { signal, ...(parts.backoff && { backoff: parts.backoff }) });
    },
    async containers() {
      const listed = await list();
      const now = { nowMs: nowMs(), isBlind: blindSinceMs !== undefined || silence.isSuspected };
      const found = new Map<string, Container>();
      const failures: EngineError[] = [];
      const chosen = listed.filter(({ summary }) => choice.chooses(summary, imageOf(summary, cache.last(summary.Id))));
      const wanted = chosen.filter(({ summary, entry }) => {
        const inspect = cache.current(summary.Id, entry, now);
        if (inspect) found.set(summary.Id, { summary, inspect, oomEvents: ooms.of(summary.Id) });
        return inspect === undefined;
      });
      await eachInPool(wanted, INSPECTS_AT_ONCE, async ({ summary, entry }) => {
        if (failures.some(isLoss)) return;
        try {
          await inspectInto(found, summary, entry);
        } catch (error) {
          const failure = error instanceof EngineError ? error : unreadable(error);
          cache.touch(summary.Id);
          if (failure.kind === "not-found") return;
          failures.push(failure);
          containerInspectFailed(telemetry, summary.Id, failure);
        }
      });
      // One container's failure is its own; a lost engine, or none that could be read, must not look like an empty engine.
      const [failure] = failures;
      if (failure && (found.size === 0 || failures.some(isLoss))) throw failures.find(isLoss) ?? failure;
      const ids = new Set(listed.map(({ summary }) => summary.Id));
      cache.retain(ids);
      ooms.retain(ids);
      return chosen
        .map(({ summary }) => found.get(summary.Id))
        .filter((container) => container !== undefined)
        .filter(({ summary, inspect }) => choice.chooses(summary, imageOf(summary, inspect) ?? summary.Image));
    },
    async container(id) {
      const inspect = keptInspect({ ...(await engine.inspectContainer(id)), Id: id }, { envNames });
      const { Name, Config, State } = inspect;
      const summary: ContainerSummary = {
        Id: id,
        ...(Name !== undefined && { Names: [`/${Name.replace(/^\//, "")}`] }),
        ...(Config?.Image !== undefined && { Image: Config.Image }),
        ...(Config?.Labels && { Labels: Config.Labels }),
        ...(State?.Status !== undefined && { State: State.Status }),
      };
      return choice.chooses(summary, Config?.Image) ? { summary, inspect, oomEvents: ooms.of(id) } : undefined;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get listedIds() {
      return listedIds;
    },
    stop() {
      stopping?.abort();
      stopping = undefined;
    },
  };
}

/**
 * The image by the name that the container was started by, as far as known: the list shows it by its id once its tag has
 * moved on to another.
 */
function imageOf({ Image }: ContainerSummary, inspect: ContainerInspect | undefined): string | undefined {
  const startedBy = inspect?.Config?.Image;
  if (typeof startedBy === "string") return startedBy;
  return Image === undefined || /^(sha256:)?[0-9a-f]{12,64}$/.test(Image) ? undefined : Image;
}

/** A reply of a shape that nobody thought of costs its own container only. */
function unreadable(cause: unknown): EngineError {
  return new EngineError(`the reply can't be understood: ${String(cause).slice(0, 200)}`, { kind: "malformed", cause });
}

function isLoss({ kind }: EngineError): boolean {
  return kind === "unreachable";
}

function sayLimit(maxContainers: number, telemetry: Telemetry) {
  let isPassed = false;
  return {
    told(count: number) {
      const passes = count > maxContainers;
      if (passes) containersLimitPassed(telemetry, maxContainers, { isNews: !isPassed });
      if (!passes && isPassed) containersLimitKept(telemetry, maxContainers);
      isPassed = passes;
    },
  };
}
