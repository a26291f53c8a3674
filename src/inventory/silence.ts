import type { ContainerSummary } from "../engine/replies.ts";
import type { Look } from "./list-entry.ts";

export interface Silence {
  /** A stream is open from now on. */
  opened(nowMs: number): void;
  /** It told something. */
  told(nowMs: number): void;
  /** Something changed without a word so far. */
  readonly isSuspected: boolean;
  /** Whether by this list the stream is one that tells of nothing: containers came, went or changed state without a word. */
  isShownBy(list: readonly ContainerSummary[], look: Look): boolean;
}

/** An event may be on its way still when a list tells of the same change. */
const GRACE_MS = 2_000;
/** States that begin without an event: what leads to them ends in one. Podman's "stopping" lasts as long as its stop does. */
const UNTOLD: ReadonlySet<string> = new Set(["removing", "dead", "stopping"]);

/**
 * Finds an event stream that is open and dead: the connection stays, but what changes is told of by the list alone. Only
 * what makes an event on every engine counts.
 */
export function createSilence(): Silence {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let before: { states: ReadonlyMap<string, string>; askedAtMs: number } | undefined;
  /** When the list was asked for after which something changed untold. */
  let changedSinceMs: number | undefined;

  return {
    opened(nowMs) {
      toldAtMs = nowMs;
      before = undefined;
      changedSinceMs = undefined;
    },
    told(nowMs) {
      toldAtMs = nowMs;
      changedSinceMs = undefined;
    },
    get isSuspected() {
      return changedSinceMs !== undefined;
    },
    isShownBy(list, { askedAtMs, answeredAtMs }) {
      const isDue = changedSinceMs !== undefined && answeredAtMs - changedSinceMs >= GRACE_MS;
      const states = new Map(list.map(({ Id, State = "" }) => [Id, State]));
      if (before && before.askedAtMs >= toldAtMs && areOther(before.states, states)) changedSinceMs ??= answeredAtMs;
      before = { states, askedAtMs };
      return isDue;
    },
  };
}

function areOther(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  if (before.size !== now.size) return true;
  for (const [id, state] of now) {
    const known = before.get(id);
    if (known === undefined || (known !== state && !UNTOLD.has(state))) return true;
  }
  return false;
}
