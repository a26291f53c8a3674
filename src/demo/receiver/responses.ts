/** A backend that took a request but not all of its points. */
export interface PartialSuccess {
  readonly rejectedDataPoints: number;
  readonly errorMessage: string;
}

/** ExportMetricsServiceResponse: `partial_success` is field 1, its `rejected_data_points` 1 and `error_message` 2. */
export function encodeExportResponse(partial?: PartialSuccess): Buffer {
  if (!partial) return Buffer.alloc(0);
  const inner = [0x08, ...varint(partial.rejectedDataPoints), ...lengthDelimited(2, partial.errorMessage)];
  return Buffer.from([0x0a, ...varint(inner.length), ...inner]);
}

/** As the OpenTelemetry Collector writes it in JSON: the 64-bit number as text. */
export function jsonExportResponse(partial?: PartialSuccess): string {
  if (!partial) return '{"partialSuccess":{}}';
  const { rejectedDataPoints, errorMessage } = partial;
  return JSON.stringify({ partialSuccess: { rejectedDataPoints: String(rejectedDataPoints), errorMessage } });
}

/** google.rpc.Status, the body of every refusal over HTTP: `code` is field 1, `message` 2. */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.from([0x08, ...varint(code), ...lengthDelimited(2, message)]);
}

function lengthDelimited(field: number, text: string): number[] {
  const bytes = Buffer.from(text);
  return [(field << 3) | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return bytes;
}
