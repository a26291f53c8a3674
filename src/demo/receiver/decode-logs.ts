import { anyValue, instrumentationScope, keyValue, resource } from "./decode.ts";
import { attributesOf, integer, anyValue as jsonValue, list, object, parsed } from "./decode-json.ts";
import type { Attributes, AttributeValue } from "./export-request.ts";
import { WireReader } from "./wire.ts";

/** A LogRecord as it came over the wire. */
export interface ReceivedLog {
  readonly resource: Attributes;
  readonly attributes: Attributes;
  readonly body: AttributeValue;
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
}

/** Whether a request's path, or gRPC's method, is that of logs. */
export function isOfLogs(path: string): boolean {
  return /\/v1\/logs$|LogsService/.test(path);
}

/** Decodes a protobuf ExportLogsServiceRequest by the field numbers of opentelemetry-proto v1.7. */
export function decodeLogs(bytes: Uint8Array): ReceivedLog[] {
  const reader = new WireReader(bytes);
  const logs: ReceivedLog[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) logs.push(...resourceLogs(reader.message()));
    else reader.unexpected("ExportLogsServiceRequest");
  }
  return logs;
}

export function decodeJsonLogs(text: string): ReceivedLog[] {
  return list(parsed(text).resourceLogs, "resourceLogs").flatMap((resourceLogs) => {
    const attributes = attributesOf(object(resourceLogs.resource ?? {}, "resource").attributes);
    return list(resourceLogs.scopeLogs, "scopeLogs").flatMap(({ logRecords }) =>
      list(logRecords, "logRecords").map((record) => ({
        resource: attributes,
        attributes: attributesOf(record.attributes),
        body: jsonValue(object(record.body ?? {}, "body")),
        timeUnixNano: integer(record.timeUnixNano ?? 0),
        observedTimeUnixNano: integer(record.observedTimeUnixNano ?? 0),
        severityNumber: Number(record.severityNumber ?? 0),
        severityText: String(record.severityText ?? ""),
      })),
    );
  });
}

function resourceLogs(reader: WireReader): ReceivedLog[] {
  let attributes: Attributes = {};
  const records: Omit<ReceivedLog, "resource">[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) attributes = resource(reader.message());
    else if (field === 2) records.push(...scopeLogs(reader.message()));
    else if (field === 3) reader.string();
    else reader.unexpected("ResourceLogs");
  }
  return records.map((record) => ({ ...record, resource: attributes }));
}

function scopeLogs(reader: WireReader) {
  const records: Omit<ReceivedLog, "resource">[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) instrumentationScope(reader.message());
    else if (field === 2) records.push(logRecord(reader.message()));
    else if (field === 3) reader.string();
    else reader.unexpected("ScopeLogs");
  }
  return records;
}

function logRecord(reader: WireReader): Omit<ReceivedLog, "resource"> {
  const attributes: Attributes = {};
  const record = { timeUnixNano: 0n, observedTimeUnixNano: 0n, severityNumber: 0, severityText: "" };
  let body: AttributeValue = null;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) record.timeUnixNano = reader.fixed64();
    else if (field === 2) record.severityNumber = reader.uint32();
    else if (field === 3) record.severityText = reader.string();
    else if (field === 5) body = anyValue(reader.message());
    else if (field === 6) keyValue(reader.message(), attributes);
    else if (field === 7) reader.uint32();
    else if (field === 11) record.observedTimeUnixNano = reader.fixed64();
    else reader.unexpected("LogRecord");
  }
  return { ...record, attributes, body };
}
