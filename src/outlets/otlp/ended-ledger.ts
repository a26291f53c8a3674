import { endedPoint, type FamilyGroups, labelsKey, type Series, seriesChange } from "../../families/ended-series.ts";
import type { LabelSet } from "../../families/label-set.ts";
import type { MetricFamily, Point } from "../../families/metric-family.ts";
import { laterTime, timeOfExport } from "./export-time.ts";

export type ResourceAttributes = Readonly<Record<string, string>>;

export interface Collected {
  readonly resource: ResourceAttributes;
  readonly groups: FamilyGroups;
}

/** Series of one resource whose end is still to be told. */
export interface Endings {
  readonly resource: ResourceAttributes;
  readonly families: readonly MetricFamily[];
  /** These points were accepted. */
  settle(family: MetricFamily, points: readonly Point[]): void;
}

export interface EndedLedger {
  /** Finds what ended since the last call, and what came back. Gives how many endings were given up. */
  observe(collected: Collected, nowMs: number): { forgotten: number };
  /** What is still to be told, with the time of what was last observed: an export has one time (see export-time.ts). */
  pending(): Endings[];
  /** Everything that was last observed, as ended: for a clean stop. */
  everything(nowMs: number): { resource: ResourceAttributes; groups: Generator<MetricFamily[]> } | undefined;
}

/** Prometheus and most receivers drop a silent series after five minutes: then there is nothing left to end. */
const MAX_AGE_MS = 10 * 60_000;
const MAX_PENDING = 100_000;

export function createEndedLedger({ maxAgeMs = MAX_AGE_MS, maxPending = MAX_PENDING } = {}): EndedLedger {
  const books = new Map<string, Book>();
  let last: (Collected & { key: string; atMs: number }) | undefined;
  let time: Point["endTime"] = [0, 0];

  function changeTo({ resource, groups }: Collected, key: string) {
    if (last === undefined) return { ended: [], started: [], elapsedMs: 0, key, resource };
    // Under another resource every series is another one.
    const { ended, started } = last.key === key ? seriesChange(last.groups, groups) : seriesChange(last.groups, []);
    const returned = last.key === key ? started : seriesChange([], groups).started;
    return { ended, started: returned, key: last.key, resource: last.resource };
  }

  return {
    observe(collected, nowMs) {
      const key = identityOf(collected.resource);
      let forgotten = expire(books, nowMs - maxAgeMs);
      const change = changeTo(collected, key);
      const book = books.get(key);
      if (book !== undefined) for (const series of change.started) book.remove(series);
      let room = maxPending - total(books);
      time = timeOfExport(collected.groups) ?? laterTime(time, last === undefined ? 0 : nowMs - last.atMs);
      for (const series of change.ended) {
        if (room-- > 0) bookOf(books, change.key, change.resource).add(series, nowMs);
        else forgotten++;
      }
      last = { ...collected, key, atMs: nowMs };
      return { forgotten };
    },
    pending: () => [...books.values()].filter((book) => book.size() > 0).map((book) => book.endings(time)),
    everything(nowMs) {
      if (last === undefined) return undefined;
      const { resource, groups, atMs } = last;
      last = undefined;
      time = laterTime(time, nowMs - atMs);
      return { resource, groups: endedGroups(groups, time) };
    },
  };
}

/**
 * What makes a resource another one: by the semantic conventions these three name the instance, and Prometheus makes
 * its labels `job` and `instance` of them. To end a series because another attribute became known would end, there, the
 * very series that goes on.
 */
function identityOf(resource: ResourceAttributes): string {
  return JSON.stringify(
    ["service.namespace", "service.name", "service.instance.id"].map((name) => resource[name] ?? ""),
  );
}

function* endedGroups(groups: FamilyGroups, time: Point["endTime"]): Generator<MetricFamily[]> {
  for (const group of groups) {
    yield group.map((family) => ({
      ...family,
      dataPoints: family.dataPoints.map((point) => endedPoint(point, time)),
    }));
  }
}

interface Entry {
  readonly point: Point;
  readonly sinceMs: number;
}

type Book = ReturnType<typeof createBook>;

/** The pending endings of one resource. */
function createBook(resource: ResourceAttributes) {
  const byName = new Map<string, { family: MetricFamily; entries: Map<string, Entry> }>();
  function remove(name: string, labels: LabelSet) {
    byName.get(name)?.entries.delete(labelsKey(labels));
  }
  return {
    add({ family, point }: Series, sinceMs: number) {
      const { name } = family.descriptor;
      const page = byName.get(name) ?? { family: { ...family, dataPoints: [] }, entries: new Map<string, Entry>() };
      byName.set(name, page);
      page.entries.set(labelsKey(point.attributes), { point, sinceMs });
    },
    remove({ family, point }: Series) {
      remove(family.descriptor.name, point.attributes);
    },
    size() {
      let size = 0;
      for (const { entries } of byName.values()) size += entries.size;
      return size;
    },
    expire(beforeMs: number): number {
      let expired = 0;
      for (const [name, { entries }] of byName) {
        for (const [key, { sinceMs }] of entries) {
          if (sinceMs > beforeMs) continue;
          entries.delete(key);
          expired++;
        }
        if (entries.size === 0) byName.delete(name);
      }
      return expired;
    },
    endings(time: Point["endTime"]): Endings {
      const families = [...byName.values()].map(({ family, entries }) => ({
        ...family,
        dataPoints: [...entries.values()].map(({ point }) => endedPoint(point, time)),
      }));
      return {
        resource,
        families,
        settle(family, points) {
          for (const { attributes } of points) remove(family.descriptor.name, attributes);
        },
      };
    },
  };
}

function bookOf(books: Map<string, Book>, key: string, resource: ResourceAttributes): Book {
  const book = books.get(key) ?? createBook(resource);
  books.set(key, book);
  return book;
}

function expire(books: Map<string, Book>, beforeMs: number): number {
  let expired = 0;
  for (const [key, book] of books) {
    expired += book.expire(beforeMs);
    if (book.size() === 0) books.delete(key);
  }
  return expired;
}

function total(books: Map<string, Book>): number {
  let size = 0;
  for (const book of books.values()) size += book.size();
  return size;
}
