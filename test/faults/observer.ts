import assert from "node:assert/strict";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { pointsOf } from "../../src/demo/receiver/export-request.ts";
import type { ReceivedRequest } from "../../src/demo/receiver/intake.ts";
import type { OtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { type Arrived, arrivedIn } from "../agent/harness/series.ts";
import type { Tallyman } from "../agent/harness/tallyman.ts";
import { type Journal, keepJournal, type Moment, type Sweep } from "./journal.ts";

export interface Observer {
  readonly journal: Journal;
  /**
   * Holds every push so far against what the engine held and answered at that push's sweep. `endsMayBeLate`: requests were
   * refused or lost on their way, so that a series' end may come with a later push.
   */
  assertEveryPushTrue(options?: { endsMayBeLate?: boolean }): void;
}

/** Watches an engine and a receiver from now on: what must hold of every push, whatever befalls the two meanwhile. */
export function observe({ engine, receiver }: { engine: SimulatedEngine; receiver: OtlpReceiver }): Observer {
  const journal = keepJournal(engine);
  return {
    journal,
    assertEveryPushTrue({ endsMayBeLate = false } = {}) {
      assertSound(receiver);
      const verified = new Set<string>();
      const living = new Map<string, Set<string>>();
      for (const push of pushesOf(receiver)) {
        const sweep = journal.sweepAt(push.atMs + ROUNDING_MS);
        for (const point of push.points) {
          const id = containerOf(point);
          if (id === undefined) continue;
          follow(living, id, point);
          if (point.value === undefined) continue;
          assert.ok(sweep && !push.engineFailed, `${point.key} of a sweep that read nothing`);
          assert.ok(sweep.listed.has(id), `${point.key} of a container that was gone when the sweep began`);
          if (isHeld(point, id, { ...sweep, pushedAtMs: push.atMs })) verified.add(point.metric);
        }
        if (push.isWhole && !endsMayBeLate) assertEnded(living, push.engineFailed ? undefined : sweep);
      }
      assert.ok(verified.size >= 15, `only ${verified.size} metrics were held against the engine`);
    },
  };
}

/** The agent's time and ours are cut to whole milliseconds. */
const ROUNDING_MS = 2;

/** What holds of everything that a receiver ever gets. */
export function assertSound(receiver: OtlpReceiver) {
  const newest = new Map<string, bigint>();
  for (const request of withoutRepeats(receiver.requests)) {
    const times = new Set<bigint>();
    for (const { key, point } of pointsOf(request.decoded)) {
      times.add(point.timeUnixNano);
      const value = point.flags & 1 ? undefined : point.value;
      if (value !== undefined) assert.ok(Number.isFinite(value) && value >= -1, `${key}: ${value}`);
      assert.ok(point.startTimeUnixNano <= point.timeUnixNano, `${key} starts after its end`);
      const before = newest.get(key);
      assert.ok(before === undefined || point.timeUnixNano > before, `${key} at ${point.timeUnixNano} after ${before}`);
      newest.set(key, point.timeUnixNano);
    }
    assert.ok(times.size <= 1, `${times.size} times in a request`);
  }
}

/** A request whose answer did not come in time may arrive a second time, byte by byte as it was. */
function withoutRepeats(requests: readonly ReceivedRequest[]): ReceivedRequest[] {
  const seen = new Set<string>();
  return requests.filter(({ body }) => {
    const text = body.toString("latin1");
    return !seen.has(text) && seen.add(text);
  });
}

interface Push {
  readonly atMs: number;
  readonly points: readonly Arrived[];
  readonly engineFailed: boolean;
  /** Its last request arrived, that of the agent's own counters. */
  readonly isWhole: boolean;
}

function pushesOf(receiver: OtlpReceiver): Push[] {
  const byTime = new Map<number, Arrived[]>();
  for (const request of withoutRepeats(receiver.requests)) {
    const points = arrivedIn(request);
    const atMs = Math.round(points[0]?.atMs ?? 0);
    byTime.set(atMs, [...(byTime.get(atMs) ?? []), ...points]);
  }
  return [...byTime].map(([atMs, points]) => ({
    atMs,
    points,
    engineFailed: points.some(({ metric, value }) => metric === "container_scrape_error" && value === 1),
    isWhole: points.some(({ metric }) => metric === "tallyman_sweeps_total"),
  }));
}

function containerOf({ metric, labels }: Arrived): string | undefined {
  return metric.startsWith("container_") ? /[0-9a-f]{64}/.exec(String(labels.id))?.[0] : undefined;
}

function follow(living: Map<string, Set<string>>, id: string, { key, value }: Arrived) {
  const series = living.get(id) ?? new Set();
  if (value === undefined) series.delete(key);
  else series.add(key);
  if (series.size > 0) living.set(id, series);
  else living.delete(id);
}

function assertEnded(living: Map<string, Set<string>>, sweep: Sweep | undefined) {
  for (const [id, [key]] of living) assert.ok(sweep?.listed.has(id), `${key} lives on without its container`);
}

/** Whether the point was held against the engine; fails where the engine held something else all through the sweep. */
function isHeld({ key, metric, labels, value }: Arrived, id: string, sweep: Sweep & { pushedAtMs: number }): boolean {
  const moments = sweep.moments.get(id) ?? [];
  const names = moments.map(({ name }) => name);
  assert.ok(names.includes(String(labels.name)), `${key}: the engine called it ${names}`);
  const held = heldBy(metric, sweep.listed.get(id) ?? "", { moments, pushedAtMs: sweep.pushedAtMs });
  const replies = sweep.numbers.get(id) ?? [];
  const number = [metric, labels.cpu ?? labels.interface].filter((part) => part !== undefined).join(" ");
  const wanted =
    held ?? (number in (replies[0]?.values ?? {}) ? replies.map(({ values }) => values[number]) : undefined);
  assert.ok(wanted?.includes(value) ?? true, `${key}: ${value}, where the engine held ${wanted}`);
  return wanted !== undefined;
}

/** What the engine held in place of numbers; nothing for a metric that is a number of its replies. */
function heldBy(
  metric: string,
  state: string,
  { moments, pushedAtMs }: { moments: readonly Moment[]; pushedAtMs: number },
): (number | undefined)[] | undefined {
  switch (metric) {
    case "container_last_seen":
      return [Math.floor(pushedAtMs / 1000)];
    case "container_state":
      return [state === "running" || state === "paused" ? 1 : 0];
    case "container_paused":
      return [state === "paused" ? 1 : 0];
    case "container_start_time_seconds":
      return moments.map(({ startedAtMs = Number.NaN }) => Math.floor(startedAtMs / 1000));
    case "container_restarts_total":
      return moments.map(({ restartCount }) => restartCount);
    case "container_exit_code":
      return moments.map(({ exitCode }) => exitCode);
    default:
      return undefined;
  }
}

/** What was said at warn and error of anything but the endpoint, which a slow machine may make too slow. */
export function complaintsOfEngine({ log }: Pick<Tallyman, "log">): string[] {
  return log()
    .filter(({ level, message }) => (level === "warn" || level === "error") && !message.startsWith("Exports fail"))
    .map(({ message }) => message);
}
