import type { HrTime } from "@opentelemetry/api";
import type { AggregationTemporality, DataPointType, GaugeMetricData, SumMetricData } from "@opentelemetry/sdk-metrics";
import type { LabelSet } from "./label-set.ts";

/**
 * One sample of one series, in OpenTelemetry's data model (a NumberDataPoint).
 * `startTime` and `endTime` are [seconds, nanoseconds] since the Unix epoch; points of one sweep share the objects.
 */
export interface Point {
  readonly attributes: LabelSet;
  readonly value: number;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  /** `NO_RECORDED_VALUE` ends the series at its receiver; absent: an ordinary value. */
  readonly flags?: number;
}

/**
 * A metric with its points: the SDK's own `MetricData` (so that its exporters take it as it is), narrowed to the two
 * kinds that we emit and widened by the points' flags.
 */
export type MetricFamily = (Omit<SumMetricData, "dataPoints"> | Omit<GaugeMetricData, "dataPoints">) & {
  dataPoints: Point[];
};

/** opentelemetry-proto v1.7 metrics.proto, DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK. */
export const NO_RECORDED_VALUE = 1;

// The SDK's enum values, written here so that this room needs its types only; a test holds them against the SDK's.
export const SUM = 3 as DataPointType.SUM;
export const GAUGE = 2 as DataPointType.GAUGE;
export const CUMULATIVE = 1 as AggregationTemporality.CUMULATIVE;
const DOUBLE = 1;

export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly kind: "counter" | "gauge";
}

/**
 * An empty family. A counter becomes a monotonic cumulative Sum, anything else a Gauge; the unit stays empty, because
 * receivers rename a metric by its unit (Prometheus' OTLP translation appends `_ratio`, `_bytes` …).
 */
export function metricFamily(head: FamilyHead): MetricFamily {
  const descriptor = { name: head.name, description: head.help, unit: "", valueType: DOUBLE };
  return head.kind === "counter"
    ? { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: SUM, isMonotonic: true, dataPoints: [] }
    : { descriptor, aggregationTemporality: CUMULATIVE, dataPointType: GAUGE, dataPoints: [] };
}

/** Milliseconds since the Unix epoch (fractions allowed) as OTel's [seconds, nanoseconds]. */
export function hrTimeFromMs(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
