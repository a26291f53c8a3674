/** What happened, before the engine writes it as an event. */
export interface Happening {
  readonly type: "container" | "network" | "image" | "daemon";
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface LoggedEvent extends Happening {
  readonly atMs: number;
  /** Nanoseconds since the epoch: more digits than a double holds. */
  readonly timeNano: bigint;
}

export interface EventLog {
  add(happening: Happening): void;
  /** What is kept of the past. */
  readonly past: readonly LoggedEvent[];
  subscribe(listener: (event: LoggedEvent) => void): () => void;
  /** The clock was set: the next event may lie before the last. */
  clockWasSet(): void;
  /** A daemon that restarts has forgotten. */
  forget(): void;
}

/** moby's daemon/events: a ring of 256 in memory. */
const KEPT_EVENTS = 256;

export function createEventLog(clock: () => number): EventLog {
  const past: LoggedEvent[] = [];
  const listeners = new Set<(event: LoggedEvent) => void>();
  let lastNano = 0n;
  return {
    past,
    add(happening) {
      const atMs = clock();
      // Two events never have the same time, nor go back in it, even when the clock stands still.
      const clockNano = BigInt(Math.round(atMs * 1000)) * 1000n;
      lastNano = clockNano > lastNano ? clockNano : lastNano + 1n;
      const event = { ...happening, atMs, timeNano: lastNano };
      past.push(event);
      if (past.length > KEPT_EVENTS) past.shift();
      for (const listener of [...listeners]) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clockWasSet() {
      lastNano = 0n;
    },
    forget() {
      past.length = 0;
    },
  };
}
