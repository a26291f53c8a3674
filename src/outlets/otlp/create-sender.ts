import { jsonEncoder } from "../../families/otlp-json.ts";
import { protobufEncoder } from "../../families/otlp-protobuf.ts";
import type { OtlpEncoder } from "../../families/otlp-request.ts";
import type { OtlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpConnectionOptions, OtlpProtocol } from "./otlp-options.ts";
import type { RequestSender } from "./request-sender.ts";

/** Only what the protocol needs is loaded: gRPC alone takes 30 MB and 200 ms. */
export async function createSender(endpoint: OtlpEndpoint, options: OtlpConnectionOptions): Promise<RequestSender> {
  const { protocol } = options;
  if (protocol === "grpc") return (await import("./grpc-sender.ts")).createGrpcSender(endpoint, options);
  return (await import("./http-sender.ts")).createHttpSender(endpoint, { ...options, protocol });
}

export function encoderOf(protocol: OtlpProtocol): OtlpEncoder {
  return protocol === "http/json" ? jsonEncoder : protobufEncoder;
}
