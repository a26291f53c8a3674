import {
  type Attributes,
  type AttributeValue,
  DecodeError,
  type ExportRequest,
  type ReceivedDistribution,
  type ReceivedMetric,
  type ReceivedPoint,
} from "./export-request.ts";

type Json = Record<string, unknown>;

/**
 * Decodes the JSON form of an ExportMetricsServiceRequest (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding):
 * 64-bit numbers as text or as numbers, enums as numbers, fields that are not known are passed over.
 */
export function decodeJsonExportRequest(text: string): ExportRequest {
  return {
    resources: list(parsed(text).resourceMetrics, "resourceMetrics").map((resourceMetrics) => ({
      attributes: attributesOf(object(resourceMetrics.resource ?? {}, "resource").attributes),
      scopes: list(resourceMetrics.scopeMetrics, "scopeMetrics").map((scopeMetrics) => {
        const { name = "", version = "" } = object(scopeMetrics.scope ?? {}, "scope") as {
          name?: string;
          version?: string;
        };
        return { name, version, metrics: list(scopeMetrics.metrics, "metrics").map(metricOf) };
      }),
    })),
  };
}

export function parsed(text: string): Json {
  try {
    return object(JSON.parse(text), "request");
  } catch (cause) {
    if (cause instanceof DecodeError) throw cause;
    throw new DecodeError("The body is not JSON", { cause });
  }
}

const KINDS = ["gauge", "sum", "histogram", "summary"] as const;

function metricOf({ name, description = "", unit = "", ...rest }: Json): ReceivedMetric {
  const kind = KINDS.find((one) => rest[one] !== undefined);
  if (kind === undefined) throw new DecodeError(`Metric ${name} has no data of a known kind`);
  const data = object(rest[kind], `${kind} of ${name}`);
  return {
    name: String(name),
    description: String(description),
    unit: String(unit),
    kind,
    temporality: Number(data.aggregationTemporality ?? 0),
    isMonotonic: data.isMonotonic === true,
    points: list(data.dataPoints, "dataPoints").map(pointOf),
  };
}

function pointOf({
  attributes,
  asDouble,
  asInt,
  startTimeUnixNano = 0,
  timeUnixNano = 0,
  flags = 0,
  ...rest
}: Json): ReceivedPoint {
  const value = asDouble ?? asInt;
  return {
    attributes: attributesOf(attributes),
    value: value === undefined ? undefined : Number(value),
    valueType: asDouble !== undefined ? "double" : asInt !== undefined ? "int" : undefined,
    startTimeUnixNano: integer(startTimeUnixNano),
    timeUnixNano: integer(timeUnixNano),
    flags: Number(flags),
    ...(rest.count !== undefined && { distribution: distributionOf(rest) }),
  };
}

function distributionOf({ count, sum, min, max, bucketCounts, explicitBounds, quantileValues }: Json) {
  const distribution: ReceivedDistribution = { count: integer(count) };
  for (const [name, value] of Object.entries({ sum, min, max })) {
    if (value !== undefined) distribution[name as "sum" | "min" | "max"] = Number(value);
  }
  if (Array.isArray(bucketCounts)) distribution.bucketCounts = bucketCounts.map(integer);
  if (Array.isArray(explicitBounds)) distribution.explicitBounds = explicitBounds.map(Number);
  if (quantileValues !== undefined) {
    distribution.quantiles = list(quantileValues, "quantileValues").map(({ quantile = 0, value = 0 }) => ({
      quantile: Number(quantile),
      value: Number(value),
    }));
  }
  return distribution;
}

export function attributesOf(entries: unknown): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of list(entries, "attributes")) {
    const name = String(key);
    if (Object.hasOwn(attributes, name)) throw new DecodeError(`Attribute ${name} is there twice`);
    attributes[name] = anyValue(object(value, `attribute ${name}`));
  }
  return attributes;
}

export function anyValue(value: Json): AttributeValue {
  if (value.stringValue !== undefined) return String(value.stringValue);
  if (value.boolValue !== undefined) return value.boolValue === true;
  if (value.intValue !== undefined) return integer(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) return Buffer.from(String(value.bytesValue), "base64");
  if (value.arrayValue !== undefined)
    return list(object(value.arrayValue, "arrayValue").values, "values").map(anyValue);
  if (value.kvlistValue !== undefined) return attributesOf(object(value.kvlistValue, "kvlistValue").values);
  return null;
}

export function integer(value: unknown): bigint {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw new DecodeError(`${JSON.stringify(value)} is not a 64-bit integer`);
}

export function object(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new DecodeError(`${what} is not an object`);
  return value as Json;
}

export function list(value: unknown, what: string): Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new DecodeError(`${what} is not a list`);
  return value.map((entry) => object(entry, `An entry of ${what}`));
}
