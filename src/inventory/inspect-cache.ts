import type { ContainerInspect } from "../engine/replies.ts";
import { tellTheSame } from "./kept-inspect.ts";
import { changedBetween, joined, type ListEntry, mayHaveBegunSince } from "./list-entry.ts";

interface Kept {
  readonly inspect: ContainerInspect;
  entry: ListEntry;
  /** Of the cache when the inspect was asked for. */
  readonly generation: number;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
}

interface Now {
  readonly nowMs: number;
  /** Nothing tells of changes but the list. */
  readonly isBlind: boolean;
}

export interface InspectCache {
  /** The kept inspect if nothing is known to have changed since. */
  current(id: string, entry: ListEntry, now: Now): ContainerInspect | undefined;
  /** What was last known, current or not. */
  last(id: string): ContainerInspect | undefined;
  /** To be called before an inspect is asked for: what is touched from then on makes its reply out of date. */
  begin(
    id: string,
    askedAtMs: number,
  ): (inspect: ContainerInspect, entry: ListEntry, nowMs: number) => ContainerInspect;
  /** Something happened to the container. */
  touch(id: string): void;
  /** Something may have happened to any. */
  touchAll(): void;
  /** Forgets all but these. */
  retain(ids: ReadonlySet<string>): void;
}

/**
 * Inspects by container id. Each is asked for anew after 7 to 13 minutes even so: the engine drops events to a slow
 * reader without a word (moby: after 1,024 held ones), and `docker update` shows in no list.
 */
export function createInspectCache({ random = Math.random }: { random?: () => number } = {}): InspectCache {
  const kept = new Map<string, Kept>();
  const touched = new Set<string>();
  let generation = 0;

  return {
    current(id, entry, { nowMs, isBlind }) {
      const known = kept.get(id);
      if (!known || touched.has(id) || known.generation !== generation) return undefined;
      if (nowMs >= known.expiresAtMs || changedBetween(known.entry, entry)) return undefined;
      // Of a young one an event may be late or lost, and to make sure costs an inspect or two at its start.
      if ((isBlind || entry.isYoung) && mayHaveBegunSince(known.askedAtMs, entry)) return undefined;
      known.entry = joined(known.entry, entry);
      return known.inspect;
    },
    last: (id) => kept.get(id)?.inspect,
    begin(id, askedAtMs) {
      touched.delete(id);
      const asOf = generation;
      return (reply, entry, nowMs) => {
        const before = kept.get(id)?.inspect;
        const inspect = before && tellTheSame(before, reply) ? before : reply;
        const expiresAtMs = nowMs + LIFETIME_MS * (0.7 + random() * 0.6);
        kept.set(id, { inspect, entry, generation: asOf, askedAtMs, expiresAtMs });
        return inspect;
      };
    },
    touch(id) {
      if (kept.has(id) || touched.size < MAX_TOUCHED) touched.add(id);
      else {
        touched.clear();
        generation += 1;
      }
    },
    touchAll() {
      generation += 1;
    },
    retain(ids) {
      for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
      for (const id of touched) if (!ids.has(id)) touched.delete(id);
    },
  };
}

const LIFETIME_MS = 10 * 60_000;
/** Far more than change between two sweeps; beyond it all count as touched. */
const MAX_TOUCHED = 10_000;
