import { type Backoff, createBackoff } from "../kit/backoff.ts";
import { wait } from "../kit/wait.ts";
import {
  engineConnected,
  engineReturned,
  engineStayedAway,
  engineWentAway,
  eventStreamEnded,
  eventStreamOpened,
  eventStreamRefused,
  eventStreamReturned,
  eventStreamSilent,
  eventStreamTells,
} from "../telemetry/events/engine.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { type EngineConnection, EngineError, type EngineErrorKind, type EngineFacts } from "./engine.ts";
import type { EventReply } from "./replies.ts";

export interface EngineWatcher {
  /** Which events are wanted, by the engine that is there. */
  readonly filters: (facts: EngineFacts) => Record<string, string[]>;
  /** From here on nothing is missed; what happened before has to be read anew. `renew` gives the stream up for another. */
  readonly onOpen: (renew: () => void) => void;
  readonly onEvent: (event: EventReply) => void;
  readonly onEnd: () => void;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** How long to wait between attempts; a test's own. */
  readonly backoff?: Backoff;
}

/**
 * Holds the connection and the event stream until the signal aborts: retries for ever, at most 5 s apart, and says each
 * change of state once. Resolves when it has ended.
 */
export async function watchEngine(
  engine: EngineConnection,
  watcher: EngineWatcher,
  telemetry: Telemetry,
  { signal, backoff = createBackoff({ firstMs: 250, maxMs: 4_000 }) }: WatchOptions,
): Promise<void> {
  const states = sayStates(engine, telemetry);
  const stream = sayStream(telemetry);
  try {
    while (!signal.aborted) {
      let facts: EngineFacts;
      try {
        facts = await engine.connect();
      } catch (error) {
        const retryInMs = backoff.next();
        states.failed(error as EngineError, retryInMs);
        await waitUnlessItChanges(engine, retryInMs, signal);
        continue;
      }
      const { error, openedForMs, wasSilent } = await follow(engine, facts, watcher, stream, signal);
      if (signal.aborted) return;
      if (wasSilent) {
        // The first time it is that connection; when its successor is silent too, another one would be no better.
        await wait(stream.fellSilent() ? 0 : LASTING_RETRY_MS, signal);
        continue;
      }
      const isSettled = openedForMs > SETTLED_MS;
      if (isSettled) backoff.reset();
      // The engine itself is gone, which the next handshake tells of.
      if (error?.kind === "unreachable" && !engine.facts && isSettled) continue;
      const isLasting = error && engine.facts && LASTING.has(error.kind);
      const retryInMs = isLasting ? LASTING_RETRY_MS : backoff.next();
      stream.ended(error, { wasOpen: openedForMs > 0, retryInMs });
      // Lost already, so that nothing would end the wait before its time: the loss should be said soon.
      await waitUnlessItChanges(engine, states.isLost ? Math.min(retryInMs, LOST_RETRY_MS) : retryInMs, signal);
    }
  } finally {
    states.stop();
  }
}

/** A stream that lasted so long was no part of a row of failures. */
const SETTLED_MS = 10_000;
/** Refusals that only a person changes. */
const LASTING: ReadonlySet<EngineErrorKind> = new Set(["forbidden", "not-found", "refused-by-engine", "unsupported"]);
const LASTING_RETRY_MS = 30_000;
const LOST_RETRY_MS = 1_000;

async function follow(
  engine: EngineConnection,
  facts: EngineFacts,
  watcher: EngineWatcher,
  stream: ReturnType<typeof sayStream>,
  signal: AbortSignal,
): Promise<{ error?: EngineError; openedForMs: number; wasSilent?: boolean }> {
  let openedAtMs: number | undefined;
  const renewing = new AbortController();
  const openedForMs = () => (openedAtMs === undefined ? 0 : Math.max(1, performance.now() - openedAtMs));
  const onOpen = () => {
    openedAtMs = performance.now();
    stream.opened();
    watcher.onOpen(() => renewing.abort());
  };
  const either = AbortSignal.any([signal, renewing.signal]);
  try {
    for await (const event of engine.events({ filters: watcher.filters(facts), signal: either, onOpen })) {
      stream.told();
      watcher.onEvent(event);
    }
    return { openedForMs: openedForMs(), wasSilent: renewing.signal.aborted };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { error, openedForMs: openedForMs() };
  } finally {
    if (openedAtMs !== undefined) watcher.onEnd();
  }
}

/** Waits, but not longer than until the engine is lost or found. */
async function waitUnlessItChanges(engine: EngineConnection, ms: number, signal: AbortSignal): Promise<void> {
  const changed = new AbortController();
  const wake = () => changed.abort();
  const stops = [engine.onConnected(wake), engine.onLost(wake)];
  await wait(ms, AbortSignal.any([signal, changed.signal]));
  for (const stop of stops) stop();
}

function sayStates(engine: EngineConnection, telemetry: Telemetry) {
  const away = new Set<EngineErrorKind>();
  let wasLost = false;
  let known = engine.facts;
  if (engine.facts) engineConnected(telemetry, engine.address, engine.facts);
  const stops = [
    engine.onLost(() => {
      wasLost = true;
    }),
    engine.onConnected((facts) => {
      const isSame = facts.engineVersion === known?.engineVersion && facts.hostId === known.hostId;
      if (known && away.size > 0) engineReturned(telemetry, engine.address, facts);
      // A loss that was over before it was said is none to speak of.
      else if (!wasLost || !isSame) engineConnected(telemetry, engine.address, facts);
      away.clear();
      wasLost = false;
      known = facts;
    }),
  ];
  return {
    get isLost() {
      return wasLost;
    },
    failed(error: EngineError, retryInMs: number) {
      if (away.has(error.kind)) engineStayedAway(telemetry, error, { retryInMs });
      else engineWentAway(telemetry, error, { retryInMs });
      away.add(error.kind);
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function sayStream(telemetry: Telemetry) {
  let refused = false;
  let silent = false;
  return {
    opened() {
      if (refused) eventStreamReturned(telemetry);
      else eventStreamOpened(telemetry);
      refused = false;
    },
    told() {
      if (silent) eventStreamTells(telemetry);
      silent = false;
    },
    /** Whether it is the first time in a row. */
    fellSilent(): boolean {
      const isNews = !silent;
      if (isNews) eventStreamSilent(telemetry);
      silent = true;
      return isNews;
    },
    ended(error: EngineError | undefined, { wasOpen, retryInMs }: { wasOpen: boolean; retryInMs: number }) {
      if (wasOpen || !error || refused) eventStreamEnded(telemetry, error);
      else {
        refused = true;
        eventStreamRefused(telemetry, error, { retryInMs });
      }
    },
  };
}
