import type { HrTime } from "@opentelemetry/api";
import type {
  AggregationTemporality,
  DataPointType,
  GaugeMetricData,
  Histogram,
  HistogramMetricData,
  SumMetricData,
} from "@opentelemetry/sdk-metrics";
import type { LabelSet } from "./label-set.ts";

/**
 * One sample of one series, in OpenTelemetry's data model (a NumberDataPoint, HistogramDataPoint or SummaryDataPoint).
 * `startTime` and `endTime` are [seconds, nanoseconds] since the Unix epoch; points of one sweep share the objects.
 */
export interface Point<Value extends PointValue = PointValue> {
  readonly attributes: LabelSet;
  readonly value: Value;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  /** `NO_RECORDED_VALUE` ends the series at its receiver; absent: an ordinary value. */
  readonly flags?: number;
}

export type PointValue = number | HistogramValue | SummaryValue;

/** Each bucket's own count, the last one's of what is above the highest boundary. */
export type HistogramValue = Readonly<Histogram>;

/** opentelemetry-proto v1.7, SummaryDataPoint: what Prometheus' summaries are over OTLP; the SDK has no such kind. */
export interface SummaryValue {
  readonly count: number;
  readonly sum?: number | undefined;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** A metric with its points: the SDK's own `MetricData` (so that its reader takes it as it is), widened by the points' flags. */
export type MetricFamily = (NumberHead | HistogramHead | SummaryHead) & { dataPoints: Point[] };
export type NumberFamily = NumberHead & { dataPoints: Point<number>[] };
export type HistogramFamily = HistogramHead & { dataPoints: Point<HistogramValue>[] };
export type SummaryFamily = SummaryHead & { dataPoints: Point<SummaryValue>[] };

type NumberHead = (Omit<SumMetricData, "dataPoints"> | Omit<GaugeMetricData, "dataPoints">) & {
  /** What Prometheus calls untyped or unknown: a gauge to OTLP, by its specification of the compatibility. */
  readonly untyped?: true;
};
type HistogramHead = Omit<HistogramMetricData, "dataPoints">;
type SummaryHead = Pick<GaugeMetricData, "descriptor" | "aggregationTemporality"> & {
  dataPointType: typeof SUMMARY;
};

/** opentelemetry-proto v1.7 metrics.proto, DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK. */
export const NO_RECORDED_VALUE = 1;

// The SDK's enum values, written here so that this room needs its types only; a test holds them against the SDK's.
export const SUM = 3 as DataPointType.SUM;
export const GAUGE = 2 as DataPointType.GAUGE;
export const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
/** No value of the SDK's enum: its own exporters can't write one. */
export const SUMMARY = "summary";
export const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;
const DOUBLE = 1;

export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  /** An up-down counter is a sum that may fall: OpenTelemetry's kind for what is in use; Prometheus knows it as a gauge. */
  readonly kind: "counter" | "gauge" | "upDownCounter";
  /** As UCUM spells it. Absent, where the name says it all. */
  readonly unit?: string | undefined;
}

/**
 * An empty family. A counter becomes a monotonic cumulative Sum. The unit of a name of Prometheus' kind stays empty, because
 * receivers rename a metric by its unit (Prometheus' OTLP translation appends `_ratio`, `_bytes` …).
 */
export function metricFamily(head: FamilyHead): NumberFamily {
  const common = { descriptor: descriptorOf(head), aggregationTemporality: CUMULATIVE, dataPoints: [] };
  return head.kind === "gauge"
    ? { ...common, dataPointType: GAUGE }
    : { ...common, dataPointType: SUM, isMonotonic: head.kind === "counter" };
}

type Named = Pick<FamilyHead, "name" | "help" | "unit">;

export function untypedFamily(head: Named): NumberFamily {
  return { ...metricFamily({ ...head, kind: "gauge" }), untyped: true };
}

export function histogramFamily(head: Named): HistogramFamily {
  const descriptor = descriptorOf(head);
  return { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: HISTOGRAM, dataPoints: [] };
}

export function summaryFamily(head: Named): SummaryFamily {
  const descriptor = descriptorOf(head);
  return { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: SUMMARY, dataPoints: [] };
}

function descriptorOf({ name, help, unit = "" }: Named) {
  return { name, description: help, unit, valueType: DOUBLE };
}

/** Milliseconds since the Unix epoch (fractions allowed) as OTel's [seconds, nanoseconds]. */
export function hrTimeFromMs(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
