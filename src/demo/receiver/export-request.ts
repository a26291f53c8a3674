export type AttributeValue = string | number | boolean | bigint | null | Uint8Array | AttributeValue[] | Attributes;

export interface Attributes {
  [name: string]: AttributeValue;
}

/** What a HistogramDataPoint or a SummaryDataPoint has in place of a number. */
export interface ReceivedDistribution {
  count: bigint;
  sum?: number;
  min?: number;
  max?: number;
  bucketCounts?: readonly bigint[];
  explicitBounds?: readonly number[];
  quantiles?: readonly { readonly quantile: number; readonly value: number }[];
}

/** A data point as it came over the wire. */
export interface ReceivedPoint {
  readonly attributes: Attributes;
  /** Absent where the message has none, as a point without a recorded value may. */
  readonly value: number | undefined;
  readonly valueType: "double" | "int" | undefined;
  readonly distribution?: ReceivedDistribution;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: "gauge" | "sum" | "histogram" | "summary";
  /** AggregationTemporality of the protocol: 1 delta, 2 cumulative; 0 for a gauge or summary. */
  readonly temporality: number;
  readonly isMonotonic: boolean;
  readonly points: readonly ReceivedPoint[];
}

export interface ReceivedScope {
  readonly name: string;
  readonly version: string;
  readonly metrics: readonly ReceivedMetric[];
}

export interface ReceivedResource {
  readonly attributes: Attributes;
  readonly scopes: readonly ReceivedScope[];
}

/** An ExportMetricsServiceRequest. */
export interface ExportRequest {
  readonly resources: readonly ReceivedResource[];
}

/** A message that is not what the protocol says. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

export interface SeriesPoint {
  readonly key: string;
  readonly metric: ReceivedMetric;
  readonly point: ReceivedPoint;
  readonly resource: Attributes;
}

/** Every point of a request with the series that it is of. */
export function* pointsOf(request: ExportRequest): Generator<SeriesPoint> {
  for (const resource of request.resources) {
    for (const scope of resource.scopes) {
      for (const metric of scope.metrics) {
        for (const point of metric.points) {
          yield { key: seriesKey(metric.name, point.attributes), metric, point, resource: resource.attributes };
        }
      }
    }
  }
}

/** `name{a="1",b="2"}` with the labels in order; the resource is no part of it. */
export function seriesKey(name: string, attributes: Readonly<Record<string, unknown>>): string {
  const labels = Object.keys(attributes).sort();
  return labels.length === 0 ? name : `${name}{${labels.map((label) => `${label}="${attributes[label]}"`).join(",")}}`;
}
