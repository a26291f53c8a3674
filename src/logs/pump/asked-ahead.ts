import type { LogReply } from "../../engine/engine.ts";
import type { ContainerPumpParts } from "./container-pump.ts";

/** How the log of a container that has just been started was asked for. */
export interface Asking {
  /** The answer, if it was asked for ahead: whoever takes it closes it. */
  readonly reply?: Promise<LogReply> | undefined;
  /** It should have been asked for ahead, and was hardly or not: of one that is gone an answer without lines may be untrue. */
  readonly isLate: boolean;
}

export interface AskedAheadParts {
  readonly open: ContainerPumpParts["open"];
  readonly signal: AbortSignal;
  /** A test's own. */
  readonly untakenMs?: number;
  readonly leastStartMs?: number;
}

/**
 * Asks for the logs of new containers while they are being started. moby holds a container's lock while it starts it and
 * while it sees to its end, and a request for its log waits for both (28.5.2: daemon/start.go, monitor.go and logs.go): one
 * that comes during the start is let in before the end, and told all to the last line. One that comes with the event of
 * the start waits until a container of a moment has ended, and then finds its log removed, if it goes by itself: of 200 of
 * ten lines, five at once beside two busy loops on two cores, 18 were lost (28.5.2), 16 (26.1.5) and 12 (20.10.24), and of
 * each 200 that were asked for ahead none.
 */
export interface AskedAhead {
  /** One that is worth it was made, so that nothing was printed yet. */
  made(containerId: string): void;
  starting(containerId: string): void;
  has(containerId: string): boolean;
  /** Once it has started. */
  take(containerId: string): Asking;
}

/** Made and never started: the oldest are forgotten. */
const MOST_MADE = 1_000;
const MOST_ASKED = 64;
/** The event of the start comes with the answer, or it did not start. */
const UNTAKEN_MS = 10_000;
/** runc takes longer (24 to 669 ms, 28.5.2): where both events come at once, both came late, and so did the request. */
const LEAST_START_MS = 20;

export function createAskedAhead(parts: AskedAheadParts): AskedAhead {
  const { open, signal, untakenMs = UNTAKEN_MS, leastStartMs = LEAST_START_MS } = parts;
  const made = new Set<string>();
  const asked = new Map<string, { readonly reply: Promise<LogReply>; readonly atMs: number }>();
  /** Podman does not tell of containers that are being started. */
  let hearsOfStarts = false;

  function giveUp(id: string, { body }: LogReply) {
    if (asked.delete(id)) body.destroy();
  }

  return {
    made(id) {
      made.add(id);
      const [oldest] = made;
      if (made.size > MOST_MADE && oldest !== undefined) made.delete(oldest);
    },
    starting(id) {
      hearsOfStarts = true;
      if (signal.aborted || asked.size >= MOST_ASKED || !made.delete(id)) return;
      const reply = open(id, signal);
      asked.set(id, { reply, atMs: performance.now() });
      reply.then(
        (answered) => setTimeout(giveUp, untakenMs, id, answered).unref(),
        // One whose start takes longer than an answer may: it is asked for again when it has started.
        () => asked.delete(id),
      );
    },
    has: (id) => asked.has(id),
    take(id) {
      made.delete(id);
      const { reply, atMs = performance.now() } = asked.get(id) ?? {};
      asked.delete(id);
      return { reply, isLate: hearsOfStarts && performance.now() - atMs < leastStartMs };
    },
  };
}
