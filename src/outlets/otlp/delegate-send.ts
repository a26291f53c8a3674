import type { IOtlpExportDelegate } from "@opentelemetry/otlp-exporter-base";
import { jsonPartialSuccess, type PartialSuccess, protobufPartialSuccess } from "./partial-success.ts";
import type { Accepted, OutgoingRequest } from "./request-sender.ts";

/** What the SDK calls an ISerializer, of requests that are encoded already. */
export interface ReplyReader {
  serializeRequest(request: OutgoingRequest): Uint8Array;
  deserializeResponse(response: Uint8Array): object;
}

/** What the SDK counts for metrics about itself, which nobody reads here. */
export const POINT_COUNT = {
  name: "metric_data_point" as const,
  countItems: ({ pointCount }: OutgoingRequest) => pointCount,
};

const MAX_MESSAGE_LENGTH = 300;

/**
 * Sends through one of the SDK's delegates, made for this request alone: its serializer is how the answer is learned,
 * of which the SDK itself only logs a partial success. Resolves with the delegate's error when it failed.
 */
export function sendThrough(
  createDelegate: (serializer: ReplyReader) => IOtlpExportDelegate<OutgoingRequest>,
  request: OutgoingRequest,
  replies: "protobuf" | "json",
): Promise<Accepted | Error> {
  let reply: PartialSuccess | "unreadable" = { rejectedPoints: 0, message: "" };
  const delegate = createDelegate({
    serializeRequest: ({ body }) => body,
    deserializeResponse(response) {
      reply = readReply(response, replies);
      return {};
    },
  });
  return new Promise((resolve) => {
    delegate.export(request, ({ code, error }) => {
      if (code !== 0) return resolve(error ?? new Error("the request failed"));
      if (reply === "unreadable") return resolve({ accepted: true, rejectedPoints: 0, unreadable: true });
      const { rejectedPoints, message } = reply;
      resolve({ accepted: true, rejectedPoints, ...(message && { message: message.slice(0, MAX_MESSAGE_LENGTH) }) });
    });
  });
}

function readReply(response: Uint8Array, replies: "protobuf" | "json"): PartialSuccess | "unreadable" {
  if (response.length === 0) return { rejectedPoints: 0, message: "" };
  try {
    // Some receivers answer protobuf with JSON; no protobuf message begins like that.
    return replies === "json" || response[0] === OPENING_BRACE
      ? jsonPartialSuccess(response)
      : protobufPartialSuccess(response);
  } catch {
    return "unreadable";
  }
}

const OPENING_BRACE = 0x7b;
