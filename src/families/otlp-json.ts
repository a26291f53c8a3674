import type { HrTime } from "@opentelemetry/api";
import { type LabelSet, partsOf } from "./label-set.ts";
import { HISTOGRAM, type MetricFamily, type Point, type PointValue, SUM, SUMMARY } from "./metric-family.ts";
import {
  type Block,
  countPoints,
  type FamilySlice,
  type OtlpEncoder,
  type OtlpSender,
  requestBlocks,
} from "./otlp-request.ts";

/**
 * ExportMetricsServiceRequest in OTLP/JSON (OTLP specification 1.7: lowerCamelCase names, enums as numbers, 64-bit
 * integers as decimal strings), with the text of a label set kept for as long as the label set lives.
 */
export const jsonEncoder: OtlpEncoder = {
  contentType: "application/json",
  *requests(sender, groups, limits) {
    const resource = resourceText(sender);
    const scope = scopeText(sender);
    const blockText = (slices: Block) => `${scope}${slices.map(metricText).join(",")}]}`;
    const senderBytes = Buffer.byteLength(resource) + FRAME_BYTES;
    const blockBytes = Buffer.byteLength(scope) + FRAME_BYTES;
    for (const blocks of requestBlocks(groups, limits, { senderBytes, blockBytes, familyBytes, pointBytes })) {
      const text = `${resource}${blocks.map(blockText).join(",")}]}]}`;
      yield { body: Buffer.from(text), blocks, pointCount: countPoints(blocks) };
    }
  },
};

const FRAME_BYTES = 32;
/** Names, punctuation, two times of 20 digits at most, a number of 24, flags. */
const POINT_FRAME_BYTES = 180;

function resourceText({ resource }: OtlpSender): string {
  return `{"resourceMetrics":[{"resource":{"attributes":[${attributesText(Object.entries(resource))}]},"scopeMetrics":[`;
}

function scopeText({ scope: { name, version } }: OtlpSender): string {
  return `{"scope":${JSON.stringify({ name, version })},"metrics":[`;
}

function metricText({ family, from, to }: FamilySlice): string {
  let points = "";
  for (let i = from; i < to; i++) points += (i === from ? "" : ",") + pointText(family.dataPoints[i] as Point);
  return `${metricHead(family)},${dataHead(family)}"dataPoints":[${points}]}}`;
}

function dataHead(family: MetricFamily): string {
  const { dataPointType } = family;
  if (dataPointType === SUM) {
    return `"sum":{"aggregationTemporality":2,"isMonotonic":${"isMonotonic" in family && family.isMonotonic},`;
  }
  if (dataPointType === HISTOGRAM) return `"histogram":{"aggregationTemporality":2,`;
  return dataPointType === SUMMARY ? `"summary":{` : `"gauge":{`;
}

function metricHead({ descriptor: { name, description, unit } }: MetricFamily): string {
  return `{"name":${JSON.stringify(name)},"description":${JSON.stringify(description)},"unit":${JSON.stringify(unit)}`;
}

function pointText({ attributes, startTime, endTime, value, flags }: Point): string {
  return (
    `{"attributes":[${labelText(attributes).text}],"startTimeUnixNano":"${nanosText(startTime)}",` +
    `"timeUnixNano":"${nanosText(endTime)}",${valueText(value)}` +
    (flags === undefined ? "}" : `,"flags":${flags}}`)
  );
}

function familyBytes(family: MetricFamily): number {
  return Buffer.byteLength(metricHead(family)) + 100;
}

function pointBytes({ attributes, value }: Point): number {
  const extraBytes = typeof value === "number" ? 0 : valueText(value).length;
  return labelText(attributes).bytes + extraBytes + POINT_FRAME_BYTES;
}

function valueText(value: PointValue): string {
  if (typeof value === "number") return `"asDouble":${numberText(value)}`;
  const { count, sum } = value;
  if (!("buckets" in value)) {
    const quantiles = value.quantiles.map(
      ({ quantile, value: at }) => `{"quantile":${numberText(quantile)},"value":${numberText(at)}}`,
    );
    return `"count":"${wholeText(count)}","sum":${numberText(sum ?? 0)},"quantileValues":[${quantiles.join(",")}]`;
  }
  const { counts, boundaries } = value.buckets;
  const optional = (["sum", "min", "max"] as const).map((name) => {
    const number = value[name];
    return number === undefined ? "" : `,"${name}":${numberText(number)}`;
  });
  return (
    `"count":"${wholeText(count)}"${optional.join("")},"bucketCounts":[${counts.map((own) => `"${wholeText(own)}"`)}],` +
    `"explicitBounds":[${boundaries.map(numberText)}]`
  );
}

/** 64-bit integers are decimal strings without an exponent. */
function wholeText(value: number): string {
  return BigInt(value).toString();
}

function nanosText([seconds, nanoseconds]: HrTime): string {
  return seconds === 0 ? String(nanoseconds) : seconds + String(nanoseconds).padStart(9, "0");
}

/** JSON has no NaN and no infinities; protobuf's JSON mapping writes them as strings, and receivers read those. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}

interface LabelText {
  readonly text: string;
  readonly bytes: number;
}

const NO_TEXT: LabelText = { text: "", bytes: 0 };

const cache = new WeakMap<LabelSet, LabelText>();

function labelText(labels: LabelSet): LabelText {
  let known = cache.get(labels);
  if (known === undefined) {
    const base = partsOf(labels)?.base;
    const added = Object.entries(labels).filter(([name]) => base === undefined || !Object.hasOwn(base, name));
    const extra = attributesText(added);
    known = joined(base === undefined ? NO_TEXT : labelText(base), { text: extra, bytes: Buffer.byteLength(extra) });
    cache.set(labels, known);
  }
  return known;
}

function joined(base: LabelText, extra: LabelText): LabelText {
  if (base.bytes === 0) return extra;
  if (extra.bytes === 0) return base;
  return { text: `${base.text},${extra.text}`, bytes: base.bytes + 1 + extra.bytes };
}

function attributesText(entries: readonly (readonly [string, string])[]): string {
  return entries
    .map(([name, value]) => `{"key":${JSON.stringify(name)},"value":{"stringValue":${JSON.stringify(value)}}}`)
    .join(",");
}
