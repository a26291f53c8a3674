import { HISTOGRAM, type MetricFamily, type Point, SUM, SUMMARY } from "./metric-family.ts";
import { type Block, countPoints, type OtlpEncoder, type OtlpSender, requestBlocks } from "./otlp-request.ts";
import { encodedDistribution } from "./protobuf-distributions.ts";
import { encodedLabels, keyValueFields, stringField } from "./protobuf-labels.ts";
import { fieldBytes, ProtobufWriter, varintBytes } from "./protobuf-writer.ts";

/**
 * ExportMetricsServiceRequest in protobuf, by the field numbers of opentelemetry-proto v1.7 metrics.proto; all
 * numbers are doubles. The stock serializer encodes every label of every point anew and can't write flags; this one
 * keeps the bytes of a label set for as long as the label set lives (bench/encode.ts has the difference).
 */
export const protobufEncoder: OtlpEncoder = {
  contentType: "application/x-protobuf",
  *requests(sender, groups, limits) {
    const head = encodedSender(sender);
    const senderBytes = head.resource.length + NESTED_HEAD_BYTES;
    const blockBytes = head.scope.length + NESTED_HEAD_BYTES;
    for (const blocks of requestBlocks(groups, limits, { senderBytes, blockBytes, familyBytes, pointBytes })) {
      yield { body: encoded(head, blocks), blocks, pointCount: countPoints(blocks) };
    }
  },
};

interface EncodedSender {
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

const RESOURCE_METRICS = 0x0a;
const RESOURCE = 0x0a;
const SCOPE_METRICS = 0x12;
const SCOPE = 0x0a;
const METRIC = 0x12;
const [NAME, DESCRIPTION, UNIT] = [0x0a, 0x12, 0x1a] as const;
const [GAUGE_TAG, SUM_TAG, HISTOGRAM_TAG, SUMMARY_TAG] = [0x2a, 0x3a, 0x4a, 0x5a] as const;
const [DATA_POINT, TEMPORALITY, MONOTONIC] = [0x0a, 0x10, 0x18] as const;
const [START_TIME, TIME, AS_DOUBLE, FLAGS] = [0x11, 0x19, 0x21, 0x40] as const;
const RESOURCE_ATTRIBUTE = 0x0a;
const SCOPE_VERSION = 0x12;

/** metrics.proto, AGGREGATION_TEMPORALITY_CUMULATIVE. */
const CUMULATIVE_TEMPORALITY = 2;
/** Start time, time and value, each a tag and eight bytes. */
const NUMBER_BYTES = 27;
const [TEMPORALITY_BYTES, MONOTONIC_BYTES] = [2, 2] as const;
const SUM_TAIL_BYTES = TEMPORALITY_BYTES + MONOTONIC_BYTES;
/** A tag and the longest length, at two levels. */
const NESTED_HEAD_BYTES = 12;

function encoded(sender: EncodedSender, blocks: readonly Block[]): Uint8Array {
  const scopes = blocks.map((slices) => measured(sender, slices));
  let resourceMetricsBytes = sender.resource.length;
  for (const { bytes } of scopes) resourceMetricsBytes += fieldBytes(bytes);

  const writer = new ProtobufWriter(fieldBytes(resourceMetricsBytes));
  writer.head(RESOURCE_METRICS, resourceMetricsBytes);
  writer.raw(sender.resource);
  for (const { metrics, bytes } of scopes) {
    writer.head(SCOPE_METRICS, bytes);
    writer.raw(sender.scope);
    for (const metric of metrics) writeMetric(writer, metric);
  }
  return writer.bytes;
}

/** Lengths stand before what they are of, so all are known before the first byte is written. */
function measured(sender: EncodedSender, slices: Block) {
  let scopeMetricsBytes = sender.scope.length;
  const metrics = slices.map((slice) => {
    const kind = dataKind(slice.family);
    const head = metricHead(slice.family);
    const dataBytes = slice.pointBytes + kind.tailBytes;
    const bytes = head.length + fieldBytes(dataBytes);
    scopeMetricsBytes += fieldBytes(bytes);
    return { slice, kind, head, dataBytes, bytes };
  });
  return { metrics, bytes: scopeMetricsBytes };
}

function dataKind({ dataPointType }: MetricFamily) {
  if (dataPointType === SUM) return { tag: SUM_TAG, tailBytes: SUM_TAIL_BYTES };
  if (dataPointType === HISTOGRAM) return { tag: HISTOGRAM_TAG, tailBytes: TEMPORALITY_BYTES };
  return { tag: dataPointType === SUMMARY ? SUMMARY_TAG : GAUGE_TAG, tailBytes: 0 };
}

type MeasuredMetric = ReturnType<typeof measured>["metrics"][number];

function writeMetric(writer: ProtobufWriter, { slice, kind, head, dataBytes, bytes }: MeasuredMetric) {
  writer.head(METRIC, bytes);
  writer.raw(head);
  writer.head(kind.tag, dataBytes);
  const { dataPoints } = slice.family;
  for (let i = slice.from; i < slice.to; i++) writePoint(writer, dataPoints[i] as Point);
  if (kind.tailBytes === 0) return;
  writer.varint(TEMPORALITY);
  writer.varint(CUMULATIVE_TEMPORALITY);
  if (kind.tag !== SUM_TAG) return;
  writer.varint(MONOTONIC);
  writer.varint("isMonotonic" in slice.family && slice.family.isMonotonic ? 1 : 0);
}

function writePoint(writer: ProtobufWriter, point: Point) {
  const { attributes, startTime, endTime, value, flags } = point;
  if (typeof value !== "number") {
    const message = encodedDistribution(point);
    writer.head(DATA_POINT, message.length);
    writer.raw(message);
    return;
  }
  const labels = encodedLabels(attributes);
  writer.head(DATA_POINT, NUMBER_BYTES + labels.bytes + flagBytes(flags));
  writer.time(START_TIME, startTime);
  writer.time(TIME, endTime);
  writer.double(AS_DOUBLE, value);
  writer.raw(labels.base);
  writer.raw(labels.extra);
  if (flags !== undefined) {
    writer.varint(FLAGS);
    writer.varint(flags);
  }
}

function pointBytes(point: Point): number {
  const { attributes, value, flags } = point;
  if (typeof value !== "number") return fieldBytes(encodedDistribution(point).length);
  return fieldBytes(NUMBER_BYTES + encodedLabels(attributes).bytes + flagBytes(flags));
}

function familyBytes(family: MetricFamily): number {
  return metricHead(family).length + 2 * NESTED_HEAD_BYTES + SUM_TAIL_BYTES;
}

function flagBytes(flags: number | undefined): number {
  return flags === undefined ? 0 : 1 + varintBytes(flags);
}

const metricHeads = new WeakMap<MetricFamily["descriptor"], Uint8Array>();

/** A row's families are new ones at each sweep, their descriptor is not. */
function metricHead({ descriptor }: MetricFamily): Uint8Array {
  let head = metricHeads.get(descriptor);
  if (head === undefined) {
    const { name, description, unit } = descriptor;
    head = Buffer.concat([stringField(NAME, name), stringField(DESCRIPTION, description), stringField(UNIT, unit)]);
    metricHeads.set(descriptor, head);
  }
  return head;
}

function encodedSender({ resource, scope }: OtlpSender): EncodedSender {
  return {
    resource: messageField(RESOURCE, keyValueFields(RESOURCE_ATTRIBUTE, Object.entries(resource))),
    scope: messageField(
      SCOPE,
      Buffer.concat([stringField(NAME, scope.name), stringField(SCOPE_VERSION, scope.version)]),
    ),
  };
}

function messageField(tag: number, message: Uint8Array): Uint8Array {
  const writer = new ProtobufWriter(fieldBytes(message.length));
  writer.head(tag, message.length);
  writer.raw(message);
  return writer.bytes;
}
