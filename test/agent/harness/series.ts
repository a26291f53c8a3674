import { type Attributes, pointsOf, type SeriesPoint } from "../../../src/demo/receiver/export-request.ts";
import type { ReceivedRequest } from "../../../src/demo/receiver/intake.ts";
import type { OtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";

/** One point as it came over the wire. */
export interface Arrived {
  /** Of its series: name and labels. */
  readonly key: string;
  readonly metric: string;
  readonly labels: Attributes;
  /** Absent: this ends the series. */
  readonly value: number | undefined;
  readonly startMs: number;
  readonly atMs: number;
}

/** What one sweep sent, endings included. */
export interface Export {
  /** The time of the sweep's numbers. */
  readonly sweptAtMs: number;
  readonly points: readonly Arrived[];
}

/** opentelemetry-proto v1.7, DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK. */
const NO_RECORDED_VALUE = 1;

/** A receiver, or some of what it received. */
type Received = Pick<OtlpReceiver, "requests">;

/** The points that were accepted, in their order; those of the metric and with the labels alone. */
export function arrivals(receiver: Received, metric?: string, labels: Record<string, string> = {}): Arrived[] {
  return receiver.requests
    .flatMap(arrivedIn)
    .filter((point) => (metric === undefined || point.metric === metric) && hasLabels(point, labels));
}

/** The newest point of each series that is alive. */
export function live(receiver: Received, metric?: string, labels: Record<string, string> = {}): Arrived[] {
  const newest = new Map(arrivals(receiver, metric, labels).map((point) => [point.key, point]));
  return [...newest.values()].filter(({ value }) => value !== undefined);
}

/**
 * What each sweep sent, the newest last, which may be on its way yet. A sweep's time is that of `container_scrape_error`;
 * its requests arrive after that and before the next sweep begins, and agent and receiver share a clock.
 */
export function exportsOf(receiver: OtlpReceiver): Export[] {
  const begins = [...new Set(arrivals(receiver, "container_scrape_error").map(({ atMs }) => atMs))].sort(
    (a, b) => a - b,
  );
  const exports = begins.map((sweptAtMs) => ({ sweptAtMs, points: [] as Arrived[] }));
  for (const request of receiver.requests) {
    exports.findLast(({ sweptAtMs }) => sweptAtMs <= request.atMs)?.points.push(...arrivedIn(request));
  }
  return exports;
}

/** Waits for `count` whole exports of sweeps after `sinceMs`, and gives these. */
export async function exportsSince(receiver: OtlpReceiver, sinceMs: number, count: number): Promise<Export[]> {
  const later = () => exportsOf(receiver).filter(({ sweptAtMs }) => sweptAtMs > sinceMs);
  // The last one counts as whole when its successor is there.
  await receiver.waitFor(() => later().length > count, 15_000);
  return later().slice(0, count);
}

/**
 * Does something while no sweep is under way, and gives the `count` whole exports after it: the first of them must show
 * it. The agent's own counters are the last of an export, and it gets its answer after we are told of their arrival.
 */
export async function exportsAfter(receiver: OtlpReceiver, change: () => unknown, count: number): Promise<Export[]> {
  const sweeps = () => arrivals(receiver, "tallyman_sweeps_total").length;
  const before = sweeps();
  await receiver.waitFor(() => sweeps() > before);
  const sinceMs = Date.now();
  await change();
  return exportsSince(receiver, sinceMs, count);
}

export function hasLabels(point: Arrived, labels: Record<string, string>): boolean {
  return Object.entries(labels).every(([name, value]) => point.labels[name] === value);
}

const read = new WeakMap<ReceivedRequest, Arrived[]>();

/** The points of one request. */
export function arrivedIn(request: ReceivedRequest): Arrived[] {
  const points = read.get(request) ?? [...pointsOf(request.decoded)].map(arrived);
  read.set(request, points);
  return points;
}

function arrived({ key, metric, point }: SeriesPoint): Arrived {
  return {
    key,
    metric: metric.name,
    labels: point.attributes,
    value: point.flags & NO_RECORDED_VALUE ? undefined : point.value,
    startMs: msOf(point.startTimeUnixNano),
    atMs: msOf(point.timeUnixNano),
  };
}

/** To the microsecond: a start time went through a double on its way. */
function msOf(unixNanos: bigint): number {
  return Math.round(Number(unixNanos) / 1e3) / 1e3;
}
