import type { HistogramValue, Point, SummaryValue } from "./metric-family.ts";
import { keyValueFields } from "./protobuf-labels.ts";
import { fieldBytes, ProtobufWriter, varintBytes } from "./protobuf-writer.ts";

const cache = new WeakMap<Point, Uint8Array>();

/**
 * A HistogramDataPoint or SummaryDataPoint of opentelemetry-proto v1.7 metrics.proto. Kept while the point lives, since a
 * request asks for its length first: there are few of these, and nothing of them is worth keeping from sweep to sweep.
 */
export function encodedDistribution(point: Point): Uint8Array {
  let message = cache.get(point);
  if (message === undefined) {
    const { value } = point;
    if (typeof value === "number") throw new TypeError("a number is no distribution");
    message = "buckets" in value ? histogramPoint(point, value) : summaryPoint(point, value);
    cache.set(point, message);
  }
  return message;
}

/** Of both messages. */
const [START_TIME, TIME, COUNT, SUM] = [0x11, 0x19, 0x21, 0x29] as const;
const HISTOGRAM = { attribute: 0x4a, bucketCounts: 0x32, bounds: 0x3a, flags: 0x50, min: 0x59, max: 0x61 } as const;
const SUMMARY = { attribute: 0x3a, quantileValue: 0x32, flags: 0x40, quantile: 0x09, value: 0x11 } as const;
/** A tag and eight bytes. */
const FIXED_BYTES = 9;

function histogramPoint(point: Point, { buckets, count, sum, min, max }: HistogramValue): Uint8Array {
  const labels = keyValueFields(HISTOGRAM.attribute, Object.entries(point.attributes));
  const optional = [sum, min, max].filter((value) => value !== undefined).length;
  const countBytes = 8 * buckets.counts.length;
  const boundBytes = 8 * buckets.boundaries.length;
  const writer = new ProtobufWriter(
    (3 + optional) * FIXED_BYTES + packed(countBytes) + packed(boundBytes) + labels.length + flagBytes(point),
  );
  writeHead(writer, point, count);
  if (sum !== undefined) writer.double(SUM, sum);
  if (countBytes > 0) writer.head(HISTOGRAM.bucketCounts, countBytes);
  for (const own of buckets.counts) writer.bareFixed64(own);
  if (boundBytes > 0) writer.head(HISTOGRAM.bounds, boundBytes);
  for (const boundary of buckets.boundaries) writer.bareDouble(boundary);
  writer.raw(labels);
  writeFlags(writer, HISTOGRAM.flags, point);
  if (min !== undefined) writer.double(HISTOGRAM.min, min);
  if (max !== undefined) writer.double(HISTOGRAM.max, max);
  return writer.bytes;
}

function summaryPoint(point: Point, { count, sum, quantiles }: SummaryValue): Uint8Array {
  const labels = keyValueFields(SUMMARY.attribute, Object.entries(point.attributes));
  const quantileBytes = quantiles.length * fieldBytes(2 * FIXED_BYTES);
  const writer = new ProtobufWriter(4 * FIXED_BYTES + quantileBytes + labels.length + flagBytes(point));
  writeHead(writer, point, count);
  // The message can't say that a sum is not known; the specification of the compatibility wants 0 for it.
  writer.double(SUM, sum ?? 0);
  for (const { quantile, value } of quantiles) {
    writer.head(SUMMARY.quantileValue, 2 * FIXED_BYTES);
    writer.double(SUMMARY.quantile, quantile);
    writer.double(SUMMARY.value, value);
  }
  writer.raw(labels);
  writeFlags(writer, SUMMARY.flags, point);
  return writer.bytes;
}

function writeHead(writer: ProtobufWriter, { startTime, endTime }: Point, count: number) {
  writer.time(START_TIME, startTime);
  writer.time(TIME, endTime);
  writer.varint(COUNT);
  writer.bareFixed64(count);
}

function writeFlags(writer: ProtobufWriter, tag: number, { flags }: Point) {
  if (flags === undefined) return;
  writer.varint(tag);
  writer.varint(flags);
}

function flagBytes({ flags }: Point): number {
  return flags === undefined ? 0 : 1 + varintBytes(flags);
}

function packed(bytes: number): number {
  return bytes === 0 ? 0 : fieldBytes(bytes);
}
