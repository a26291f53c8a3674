/** What is kept of each container, in this order. */
export const HISTORY_FIELDS = [
  "cpuCores",
  "memoryBytes",
  "receiveBytes",
  "transmitBytes",
  "readBytes",
  "writeBytes",
] as const;
export type HistoryField = (typeof HISTORY_FIELDS)[number];

export interface Reading extends Readonly<Partial<Record<HistoryField, number | undefined>>> {
  readonly id: string;
}

export interface HistoryOptions {
  /** How far back it goes; 0 keeps nothing. */
  readonly lengthMs: number;
  /** Containers past these have none. */
  readonly maxContainers: number;
}

/** One container's: times and values in the same order, oldest first, `null` where a value was not known. */
export interface ContainerHistory {
  readonly times: readonly number[];
  readonly values: Readonly<Record<HistoryField, readonly (number | null)[]>>;
}

export interface History {
  /** The readings of one moment, which replace nothing: what is not among them is gone, its history with it. */
  add(atMs: number, readings: readonly Reading[]): void;
  of(id: string): ContainerHistory | undefined;
  /** What the values take: 4 bytes each. */
  readonly bytes: number;
  /** How many containers were past the bound at the last moment. */
  readonly leftOut: number;
}

/** An hour has this many moments at most: on a chart of 240 points none is missed. */
const MOMENTS = 240;

/**
 * A ring of moments that all containers share, and for each container as many 4-byte numbers as there are moments and
 * fields (5.6 KiB), whatever its values are. A moment that comes sooner than the ring's step takes the newest one's place.
 */
export function createHistory({ lengthMs, maxContainers }: HistoryOptions): History {
  const stepMs = lengthMs / MOMENTS;
  const times = new Float64Array(MOMENTS).fill(Number.NaN);
  const rings = new Map<string, Float32Array>();
  let newest = -1;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;

  function slotOf(atMs: number): number {
    const isNext = !(atMs >= startedAtMs && atMs - startedAtMs < stepMs);
    if (isNext) {
      newest = (newest + 1) % MOMENTS;
      startedAtMs = atMs;
      for (const ring of rings.values()) ring.fill(Number.NaN, newest * FIELDS, (newest + 1) * FIELDS);
    }
    times[newest] = atMs;
    return newest;
  }

  function ringOf(id: string): Float32Array | undefined {
    const known = rings.get(id);
    if (known !== undefined || rings.size >= maxContainers) return known;
    const ring = new Float32Array(MOMENTS * FIELDS).fill(Number.NaN);
    rings.set(id, ring);
    return ring;
  }

  return {
    add(atMs, readings) {
      if (lengthMs === 0) return;
      const slot = slotOf(atMs);
      const present = new Set(readings.map(({ id }) => id));
      for (const id of rings.keys()) if (!present.has(id)) rings.delete(id);
      leftOut = 0;
      for (const reading of readings) {
        const ring = ringOf(reading.id);
        if (ring === undefined) leftOut++;
        else
          ring.set(
            HISTORY_FIELDS.map((field) => reading[field] ?? Number.NaN),
            slot * FIELDS,
          );
      }
    },
    of(id) {
      const ring = rings.get(id);
      if (ring === undefined) return undefined;
      const slots = inOrder(times, newest, lengthMs).filter((slot) => isKnown(ring, slot));
      const values = HISTORY_FIELDS.map((field, f) => [field, slots.map((slot) => known(ring[slot * FIELDS + f]))]);
      return {
        times: slots.map((slot) => times[slot] as number),
        values: Object.fromEntries(values) as ContainerHistory["values"],
      };
    },
    get bytes() {
      return rings.size * MOMENTS * FIELDS * Float32Array.BYTES_PER_ELEMENT;
    },
    get leftOut() {
      return leftOut;
    },
  };
}

const FIELDS = HISTORY_FIELDS.length;

/** The slots from the oldest moment within the history's length to the newest; what a clock that was set back made later is none. */
function inOrder(times: Float64Array, newest: number, lengthMs: number): number[] {
  const until = times[newest] as number;
  const slots = Array.from({ length: MOMENTS }, (_, i) => (newest + 1 + i) % MOMENTS);
  return slots.filter((slot) => (times[slot] as number) >= until - lengthMs && (times[slot] as number) <= until);
}

function isKnown(ring: Float32Array, slot: number): boolean {
  return ring.subarray(slot * FIELDS, (slot + 1) * FIELDS).some((value) => !Number.isNaN(value));
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
