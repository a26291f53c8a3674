import { histogramDataPoint, summaryDataPoint } from "./decode-distribution.ts";
import type {
  Attributes,
  AttributeValue,
  ExportRequest,
  ReceivedMetric,
  ReceivedPoint,
  ReceivedResource,
  ReceivedScope,
} from "./export-request.ts";
import { DecodeError } from "./export-request.ts";
import { WireReader } from "./wire.ts";

/** Decodes a protobuf ExportMetricsServiceRequest by the field numbers of opentelemetry-proto v1.7. */
export function decodeExportRequest(bytes: Uint8Array): ExportRequest {
  const reader = new WireReader(bytes);
  const resources: ReceivedResource[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) resources.push(resourceMetrics(reader.message()));
    else reader.unexpected("ExportMetricsServiceRequest");
  }
  return { resources };
}

function resourceMetrics(reader: WireReader): ReceivedResource {
  let attributes: Attributes = {};
  const scopes: ReceivedScope[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) attributes = resource(reader.message());
    else if (field === 2) scopes.push(scopeMetrics(reader.message()));
    else if (field === 3) reader.string();
    else reader.unexpected("ResourceMetrics");
  }
  return { attributes, scopes };
}

export function resource(reader: WireReader): Attributes {
  const attributes: Attributes = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) keyValue(reader.message(), attributes);
    else if (field === 2) reader.uint32();
    else reader.unexpected("Resource");
  }
  return attributes;
}

function scopeMetrics(reader: WireReader): ReceivedScope {
  let scope = { name: "", version: "" };
  const metrics: ReceivedMetric[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) scope = instrumentationScope(reader.message());
    else if (field === 2) metrics.push(metric(reader.message()));
    else if (field === 3) reader.string();
    else reader.unexpected("ScopeMetrics");
  }
  return { ...scope, metrics };
}

export function instrumentationScope(reader: WireReader) {
  const scope = { name: "", version: "" };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) scope.name = reader.string();
    else if (field === 2) scope.version = reader.string();
    else if (field === 3) keyValue(reader.message(), {});
    else if (field === 4) reader.uint32();
    else reader.unexpected("InstrumentationScope");
  }
  return scope;
}

function metric(reader: WireReader): ReceivedMetric {
  const head = { name: "", description: "", unit: "" };
  let data: Omit<ReceivedMetric, keyof typeof head> | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) head.name = reader.string();
    else if (field === 2) head.description = reader.string();
    else if (field === 3) head.unit = reader.string();
    else if (field === 5) data = { kind: "gauge", ...aggregation(reader.message(), "Gauge") };
    else if (field === 7) data = { kind: "sum", ...aggregation(reader.message(), "Sum") };
    else if (field === 9) data = { kind: "histogram", ...aggregation(reader.message(), "Histogram") };
    else if (field === 11) data = { kind: "summary", ...aggregation(reader.message(), "Summary") };
    else reader.unexpected("Metric");
  }
  if (!data) throw new DecodeError(`Metric ${head.name} has no data of a known kind`);
  return { ...head, ...data };
}

const POINT_DECODERS = {
  Gauge: numberDataPoint,
  Sum: numberDataPoint,
  Histogram: histogramDataPoint,
  Summary: summaryDataPoint,
};

function aggregation(reader: WireReader, message: keyof typeof POINT_DECODERS) {
  const points: ReceivedPoint[] = [];
  let temporality = 0;
  let isMonotonic = false;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) points.push(POINT_DECODERS[message](reader.message()));
    else if (field === 2 && (message === "Sum" || message === "Histogram")) temporality = reader.uint32();
    else if (field === 3 && message === "Sum") isMonotonic = reader.bool();
    else reader.unexpected(message);
  }
  return { temporality, isMonotonic, points };
}

function numberDataPoint(reader: WireReader): ReceivedPoint {
  const attributes: Attributes = {};
  let value: number | undefined;
  let valueType: ReceivedPoint["valueType"];
  let startTimeUnixNano = 0n;
  let timeUnixNano = 0n;
  let flags = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 2:
        startTimeUnixNano = reader.fixed64();
        break;
      case 3:
        timeUnixNano = reader.fixed64();
        break;
      case 4:
        value = reader.double();
        valueType = "double";
        break;
      case 6:
        value = Number(reader.signedFixed64());
        valueType = "int";
        break;
      case 7:
        keyValue(reader.message(), attributes);
        break;
      case 8:
        flags = reader.uint32();
        break;
      default:
        reader.unexpected("NumberDataPoint");
    }
  }
  return { attributes, value, valueType, startTimeUnixNano, timeUnixNano, flags };
}

/** A second value of one key is an error: backends refuse a whole request for one duplicate label. */
export function keyValue(reader: WireReader, attributes: Attributes) {
  let key = "";
  let value: AttributeValue = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.string();
    else if (field === 2) value = anyValue(reader.message());
    else reader.unexpected("KeyValue");
  }
  if (Object.hasOwn(attributes, key)) throw new DecodeError(`Attribute ${key} is there twice`);
  attributes[key] = value;
}

export function anyValue(reader: WireReader): AttributeValue {
  let value: AttributeValue = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) value = reader.string();
    else if (field === 2) value = reader.bool();
    else if (field === 3) value = reader.int64();
    else if (field === 4) value = reader.double();
    else if (field === 5) value = arrayValue(reader.message());
    else if (field === 6) value = keyValueList(reader.message());
    else if (field === 7) value = reader.bytes();
    else reader.unexpected("AnyValue");
  }
  return value;
}

function arrayValue(reader: WireReader): AttributeValue[] {
  const values: AttributeValue[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) values.push(anyValue(reader.message()));
    else reader.unexpected("ArrayValue");
  }
  return values;
}

function keyValueList(reader: WireReader): Attributes {
  const attributes: Attributes = {};
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) keyValue(reader.message(), attributes);
    else reader.unexpected("KeyValueList");
  }
  return attributes;
}
