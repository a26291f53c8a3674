import { EngineError } from "../../engine/engine.ts";
import type { Container, ContainerNews, Inventory } from "../../inventory/inventory.ts";
import { createBell } from "../../kit/bell.ts";
import { wait } from "../../kit/wait.ts";
import { containerMissed, logPumpStopped } from "../../telemetry/events/log-pump.ts";
import { followedLogsCounted, logLagMeasured } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { LogFolder } from "../files/log-folder.ts";
import type { LevelCounts } from "../levels/level-counts.ts";
import { createAskedAhead } from "./asked-ahead.ts";
import {
  type ContainerPump,
  type ContainerPumpParts,
  createContainerPump,
  type Follow,
  type LineListener,
} from "./container-pump.ts";
import { createLogChoice, type LogChoiceOptions } from "./log-choice.ts";
import { type LogSource, logSource } from "./log-source.ts";
import { createTurns } from "./turns.ts";

export interface LogPumpParts {
  readonly inventory: Pick<Inventory, "containers" | "container" | "onChange" | "listedIds">;
  readonly folder: Pick<LogFolder, "files" | "engineHas" | "close">;
  readonly follow: Follow;
  readonly open: ContainerPumpParts["open"];
  readonly openEnd: ContainerPumpParts["openEnd"];
  readonly counts: Pick<LevelCounts, "keepOnly"> & { readonly listen: (source: LogSource) => LineListener };
  readonly telemetry: Telemetry;
  readonly options: LogChoiceOptions;
}

/** Keeps the logs of all chosen containers. */
export interface LogPump {
  start(): void;
  /** Ends all reading, writes what was read, and closes the folder: within 2 s, whatever the disk does. */
  stop(): Promise<void>;
}

/** What no event tells of is found so late. */
const LOOK_EVERY_MS = 15_000;
/** Looking takes at most a fifth of the time, however often things change. */
const REST_FACTOR = 4;
const LEAST_REST_MS = 50;
const STOPPED_AT_ONCE = 8;
const GLANCES_AT_ONCE = 8;
const DRAIN_WITHIN_MS = 1_000;
const CLOSE_WITHIN_MS = 1_000;
/** A look that comes a moment too early would find nothing to do, and the next is far away (Node 24: up to 1 ms). */
const TIMERS_ARE_EARLY_MS = 5;
const MEASURE_EVERY_MS = 5_000;

export function createLogPump(parts: LogPumpParts): LogPump {
  const { inventory, folder, counts, telemetry, options } = parts;
  const chooses = createLogChoice(options);
  const pumps = new Map<string, ContainerPump>();
  const bell = createBell();
  const stopping = new AbortController();
  const { signal } = stopping;
  const inTurn = createTurns(STOPPED_AT_ONCE);
  const glancing = createTurns(GLANCES_AT_ONCE);
  const askedAhead = createAskedAhead({ open: parts.open, signal });
  let looking: Promise<void> | undefined;
  let stopListening = () => {};
  let measuring: NodeJS.Timeout | undefined;
  let toldIds: ReadonlySet<string> | undefined;
  let hasMissed = false;

  function pumpOf(source: LogSource): ContainerPump {
    const known = pumps.get(source.id);
    if (known) return known;
    const onEnd = (laterMs: number) => {
      bell.ring();
      setTimeout(bell.ring, laterMs + TIMERS_ARE_EARLY_MS).unref();
    };
    const pump = createContainerPump(source, { ...parts, listen: counts.listen, signal, inTurn, onEnd, onMiss });
    pumps.set(source.id, pump);
    return pump;
  }

  function read(container: Container) {
    // The event of its start is on its way, and finds the answer.
    if (signal.aborted || askedAhead.has(container.summary.Id) || !chooses(container)) return;
    const source = logSource(container);
    pumpOf(source).update(source);
  }

  /** What can't be had now is found by the next look, if it is there at all. */
  async function glance(id: string): Promise<Container | undefined> {
    return inventory.container(id).catch(() => undefined);
  }

  /** As far as the event itself tells of it: nothing if it is not chosen by that. */
  function toldOf({ id, summary }: ContainerNews): Container | undefined {
    const container = summary && { summary, inspect: { Id: id }, oomEvents: 0 };
    return container && chooses(container) ? container : undefined;
  }

  /**
   * At once, with no more than the event tells: a container that prints a line and is removed lives for some 100 ms. Of
   * fifty that print ten lines and leave, 30 are kept so on Podman 5.4.2, whose events come up to 250 ms late.
   */
  function started(news: ContainerNews): boolean {
    const { id } = news;
    const known = pumps.get(id);
    const container = toldOf(news);
    if (known) known.started(askedAhead.take(id));
    // Before the first look it may be an old one.
    else if (toldIds === undefined || news.summary === undefined) return false;
    else if (container)
      pumpOf(logSource(container)).started(askedAhead.take(id), async () => {
        const found = await inventory.container(id).catch(onlyIfRemoved);
        return found && logSource(found);
      });
    return true;
  }

  function changed(news?: ContainerNews) {
    if (news?.kind === "starting") return askedAhead.starting(news.id);
    bell.ring();
    if (news?.kind === "died") return pumps.get(news.id)?.died();
    if (news === undefined || signal.aborted || (news.kind === "started" && started(news))) return;
    if (news.kind === "created" && toldIds !== undefined && toldOf(news)) askedAhead.made(news.id);
    void glancing(async () => {
      const container = await glance(news.id);
      if (container) read(container);
    });
  }

  function onMiss({ id, name }: LogSource) {
    containerMissed(telemetry, { containerId: id, name }, { isNews: !hasMissed });
    hasMissed = true;
  }

  async function look() {
    const containers = await inventory.containers();
    for (const container of containers) read(container);
    if (signal.aborted) return;
    const ids = inventory.listedIds;
    if (ids === undefined) return;
    let hasEnded = false;
    for (const [id, pump] of pumps) {
      if (ids.has(id) || pump.isBusy) continue;
      pumps.delete(id);
      hasEnded = true;
    }
    if (!hasEnded && toldIds !== undefined && isSame(ids, toldIds)) return;
    counts.keepOnly(ids);
    await folder.engineHas(ids);
    toldIds = ids;
  }

  async function lookAgainAndAgain() {
    while (!signal.aborted) {
      const beganAtMs = performance.now();
      // An engine that is away is said where it is watched, a disk where it is written to.
      await look().catch(() => undefined);
      await wait(Math.max(LEAST_REST_MS, (performance.now() - beganAtMs) * REST_FACTOR), signal);
      await bell.heard(LOOK_EVERY_MS, signal);
    }
  }

  function measure() {
    const nowMs = Date.now();
    let lagMs = 0;
    let followed = 0;
    for (const pump of pumps.values()) {
      lagMs = Math.max(lagMs, pump.takeLagMs(nowMs));
      if (pump.isBusy) followed++;
    }
    logLagMeasured(telemetry, lagMs / 1000);
    followedLogsCounted(telemetry, followed);
  }

  return {
    start() {
      stopListening = inventory.onChange(changed);
      measuring = setInterval(measure, MEASURE_EVERY_MS).unref();
      looking = lookAgainAndAgain();
    },
    async stop() {
      stopListening();
      clearInterval(measuring);
      stopping.abort();
      const drained = Promise.all([looking, ...[...pumps.values()].map((pump) => pump.ended())]);
      const isDrained = await within(DRAIN_WITHIN_MS, drained);
      // Lines that the disk still has no room for are given up: the engine has them.
      await within(CLOSE_WITHIN_MS, folder.close());
      logPumpStopped(telemetry, { isDrained });
    },
  };
}

/** Of one that is there still, what is not known now is known later. */
function onlyIfRemoved(error: unknown): undefined {
  if (!(error instanceof EngineError && error.kind === "not-found")) throw error;
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((id) => other.has(id));
}

/** Whether the work was done in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const given = new AbortController();
  const isDone = await Promise.race([work.then(() => true), wait(ms, given.signal).then(() => false)]);
  given.abort();
  return isDone;
}
