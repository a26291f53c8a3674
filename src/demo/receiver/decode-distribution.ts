import { keyValue } from "./decode.ts";
import type { Attributes, ReceivedDistribution, ReceivedPoint } from "./export-request.ts";
import type { WireReader } from "./wire.ts";

/** HistogramDataPoint, opentelemetry-proto v1.7; exemplars are passed over. */
export function histogramDataPoint(reader: WireReader): ReceivedPoint {
  const point = emptyPoint();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (commonField(reader, field, point)) continue;
    if (field === 6) point.distribution.bucketCounts = packed(reader, (view, at) => view.getBigUint64(at, true));
    else if (field === 7) point.distribution.explicitBounds = packed(reader, (view, at) => view.getFloat64(at, true));
    else if (field === 8) reader.message();
    else if (field === 9) keyValue(reader.message(), point.attributes);
    else if (field === 10) point.flags = reader.uint32();
    else if (field === 11) point.distribution.min = reader.double();
    else if (field === 12) point.distribution.max = reader.double();
    else reader.unexpected("HistogramDataPoint");
  }
  return point;
}

/** SummaryDataPoint, opentelemetry-proto v1.7. */
export function summaryDataPoint(reader: WireReader): ReceivedPoint {
  const point = emptyPoint();
  const quantiles: { quantile: number; value: number }[] = [];
  point.distribution.quantiles = quantiles;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (commonField(reader, field, point)) continue;
    if (field === 6) quantiles.push(valueAtQuantile(reader.message()));
    else if (field === 7) keyValue(reader.message(), point.attributes);
    else if (field === 8) point.flags = reader.uint32();
    else reader.unexpected("SummaryDataPoint");
  }
  return point;
}

interface Decoding {
  attributes: Attributes;
  value: undefined;
  valueType: undefined;
  distribution: ReceivedDistribution;
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  flags: number;
}

function emptyPoint(): Decoding {
  const distribution: ReceivedDistribution = { count: 0n };
  const [value, valueType] = [undefined, undefined];
  return { attributes: {}, value, valueType, distribution, startTimeUnixNano: 0n, timeUnixNano: 0n, flags: 0 };
}

function commonField(reader: WireReader, field: number, point: Decoding): boolean {
  if (field === 2) point.startTimeUnixNano = reader.fixed64();
  else if (field === 3) point.timeUnixNano = reader.fixed64();
  else if (field === 4) point.distribution.count = reader.fixed64();
  else if (field === 5) point.distribution.sum = reader.double();
  else return false;
  return true;
}

function valueAtQuantile(reader: WireReader) {
  const at = { quantile: 0, value: 0 };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) at.quantile = reader.double();
    else if (field === 2) at.value = reader.double();
    else reader.unexpected("ValueAtQuantile");
  }
  return at;
}

function packed<T>(reader: WireReader, read: (view: DataView, at: number) => T): T[] {
  const bytes = reader.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: T[] = [];
  for (let at = 0; at < bytes.length; at += 8) values.push(read(view, at));
  return values;
}
