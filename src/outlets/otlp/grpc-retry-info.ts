import { wireFields, wireText } from "./wire-fields.ts";

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * How long a receiver asks to wait: google.rpc.Status (details: field 3, of Any: type_url 1, value 2), RetryInfo
 * (retry_delay: field 1) and Duration (seconds 1, nanos 2), from the trailer `grpc-status-details-bin`.
 */
export function retryDelayMs(status: Uint8Array): number | undefined {
  try {
    for (const detail of wireFields(status)) {
      if (detail.field !== 3) continue;
      const any = [...wireFields(detail.bytes)];
      const type = any.find(({ field }) => field === 1);
      if (type === undefined || wireText(type.bytes) !== RETRY_INFO) continue;
      return delayMs(any.find(({ field }) => field === 2)?.bytes ?? new Uint8Array(0));
    }
  } catch {
    // Details that can't be read ask for nothing.
  }
  return undefined;
}

function delayMs(retryInfo: Uint8Array): number {
  let milliseconds = 0;
  for (const { field, bytes } of wireFields(retryInfo)) {
    if (field !== 1) continue;
    for (const part of wireFields(bytes)) {
      if (part.field === 1) milliseconds += part.number * 1000;
      if (part.field === 2) milliseconds += part.number / 1e6;
    }
  }
  return milliseconds;
}
