import type { Sampler } from "../sampling/sampler.ts";

export interface WatchedSweeps {
  /** The same, watched. */
  readonly sampler: Sampler;
  /** The oldest sweep that somebody waits for. */
  readonly underWayMs: number | undefined;
  readonly ended: { readonly agoMs: number; readonly hasFailed: boolean } | undefined;
}

/** Knows of a sampler how long ago its last sweep ended, and for how long somebody has been waiting for one. */
export function watchSweeps(sampler: Sampler): WatchedSweeps {
  const waiting = new Map<object, number>();
  let ended: { at: number; hasFailed: boolean } | undefined;
  sampler.onSweep(({ engineFailed }) => {
    ended = { at: performance.now(), hasFailed: engineFailed };
  });

  async function waitFor<T>(sweep: Promise<T>): Promise<T> {
    const one = {};
    waiting.set(one, performance.now());
    try {
      return await sweep;
    } finally {
      waiting.delete(one);
    }
  }

  return {
    sampler: {
      newest: (wanted) => waitFor(sampler.newest(wanted)),
      complete: () => waitFor(sampler.complete()),
      onSweep: sampler.onSweep,
    },
    get underWayMs() {
      // The first is the oldest.
      for (const since of waiting.values()) return performance.now() - since;
      return undefined;
    },
    get ended() {
      return ended && { agoMs: performance.now() - ended.at, hasFailed: ended.hasFailed };
    },
  };
}
