import { wireFields, wireText } from "./wire-fields.ts";

/** What an ExportMetricsServiceResponse (or that of logs, of which the points are records) tells beyond "OK". */
export interface PartialSuccess {
  readonly rejectedPoints: number;
  readonly message: string;
}

const NONE: PartialSuccess = { rejectedPoints: 0, message: "" };

/** metrics_service.proto: field 1 is partial_success, with 1 rejected_data_points and 2 error_message; logs_service.proto alike. */
export function protobufPartialSuccess(response: Uint8Array): PartialSuccess {
  let found = NONE;
  for (const { field, bytes } of wireFields(response)) {
    if (field !== 1) continue;
    for (const inner of wireFields(bytes)) {
      if (inner.field === 1) found = { ...found, rejectedPoints: inner.number };
      if (inner.field === 2) found = { ...found, message: wireText(inner.bytes) };
    }
  }
  return found;
}

export function jsonPartialSuccess(response: Uint8Array): PartialSuccess {
  const { partialSuccess } = JSON.parse(wireText(response));
  return {
    rejectedPoints: Number(partialSuccess?.rejectedDataPoints ?? partialSuccess?.rejectedLogRecords ?? 0),
    message: String(partialSuccess?.errorMessage ?? ""),
  };
}
