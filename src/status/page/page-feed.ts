import { type Bell, createBell } from "../../kit/bell.ts";
import type { ContainerSample, LogSample, SweepSample } from "../../sample/container-sample.ts";
import { createHistory, type History, type HistoryOptions } from "./history.ts";
import { pageContainer } from "./page-container.ts";
import type { PageContainer, PageMessage, PagePart, PageState } from "./page-model.ts";

export interface PageFeedOptions {
  readonly version: string;
  readonly startedAtMs: number;
  readonly history: HistoryOptions;
  /** How old the newest sweep may be while somebody looks, and while nobody does. */
  readonly livePeriodMs: number;
  readonly idlePeriodMs: number;
  /** Viewers past these are sent away. */
  readonly maxViewers: number;
}

export interface PageSource {
  /** Takes a sweep, unless there is one that is at most so old. Never rejects. */
  freshen(wanted: { maxAgeMs: number }): Promise<unknown>;
  /** What was counted of a container's log. */
  logsOf(containerId: string): LogSample | undefined;
  /** The engine, the sweeps and each outlet. */
  parts(about: { containers: number }): readonly PagePart[];
}

export interface PageFeed {
  /** Sees to it that there are sweeps, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Every sweep, whoever asked for it. */
  add(sweep: SweepSample): void;
  /** Messages, as they come, until the signal aborts; nothing when there are too many viewers. */
  watch(signal: AbortSignal): AsyncIterable<PageMessage> | undefined;
  readonly history: Pick<History, "of" | "bytes">;
}

/** A quiet stream is told of at least so often, or what is between would take it for dead. */
const KEEP_ALIVE_MS = 15_000;

/**
 * What the page is told, from the sweeps that there are anyway. Nobody looking, it asks for one only where a whole
 * period went by without; a viewer who is slow gets everything anew instead of a queue.
 */
export function createPageFeed(options: PageFeedOptions, source: PageSource): PageFeed {
  const history = createHistory(options.history);
  const viewers = new Set<Bell>();
  const arrival = createBell();
  let before = new Map<string, ContainerSample>();
  let containers = new Map<string, PageContainer>();
  let atMs: number | undefined;

  const period = () => (viewers.size > 0 ? options.livePeriodMs : options.idlePeriodMs);

  function state(): PageState {
    const { version: agent, startedAtMs } = options;
    return {
      version: agent,
      startedAtMs,
      atMs,
      parts: source.parts({ containers: containers.size }),
      withoutHistory: history.leftOut,
    };
  }

  return {
    async run(signal) {
      while (!signal.aborted) {
        await arrival.heard(period(), signal);
        if (!signal.aborted) await source.freshen({ maxAgeMs: period() });
      }
    },
    add(sweep) {
      const samples = new Map(sweep.containers.map((sample) => [sample.identity.containerId, sample]));
      const next = new Map<string, PageContainer>();
      for (const [id, sample] of samples) {
        const known = containers.get(id);
        const container = pageContainer(sample, before.get(id), source.logsOf(id));
        // One that did not change stays the same object; with nobody to tell it, that is not looked for.
        const isSame = known !== undefined && viewers.size > 0 && JSON.stringify(known) === JSON.stringify(container);
        next.set(id, isSame ? known : container);
      }
      if (!sweep.engineFailed) history.add(sweep.atMs, [...next.values()]);
      [before, containers, atMs] = [samples, next, sweep.atMs];
      for (const bell of viewers) bell.ring();
    },
    watch(signal) {
      if (viewers.size >= options.maxViewers) return undefined;
      return messages(signal);
    },
    history,
  };

  async function* messages(signal: AbortSignal): AsyncGenerator<PageMessage> {
    const bell = createBell();
    viewers.add(bell);
    arrival.ring();
    let told: ReadonlyMap<string, PageContainer> | undefined;
    try {
      while (!signal.aborted) {
        const next = message(told);
        // As of the message: while it is on its way there may be more.
        told = containers;
        yield next;
        await bell.heard(KEEP_ALIVE_MS, signal);
      }
    } finally {
      viewers.delete(bell);
    }
  }

  function message(told: ReadonlyMap<string, PageContainer> | undefined): PageMessage {
    if (told === undefined) return { kind: "all", state: state(), containers: [...containers.values()], gone: [] };
    const changed = [...containers.values()].filter((container) => told.get(container.id) !== container);
    return {
      kind: "change",
      state: state(),
      containers: changed,
      gone: [...told.keys()].filter((id) => !containers.has(id)),
    };
  }
}
