import type { Server, ServerCredentials, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { TlsTexts } from "../tls-texts.ts";
import type { Intake } from "./intake.ts";
import { encodeExportResponse } from "./responses.ts";

const EXPORT_PATHS = [
  "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
];

export interface GrpcSide {
  readonly port: number;
  close(): void;
}

/** OTLP/gRPC on raw buffers. Messages of more than 4 MiB are refused, grpc-js' default as the Collector's. */
export async function listenGrpc(
  intake: Intake,
  { port, tls }: { port: number; tls?: TlsTexts | undefined },
): Promise<GrpcSide> {
  // Loaded here, since most receivers are of HTTP alone and grpc-js takes long.
  const grpc = await import("@grpc/grpc-js");
  const server = new grpc.Server();
  const asIs = (message: Buffer) => message;
  const method = {
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  } as const;
  for (const path of EXPORT_PATHS) {
    server.addService(
      { Export: { ...method, path } },
      {
        Export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
          take(call, callback, { intake, path }),
      },
    );
  }
  const credentials = tls
    ? grpc.ServerCredentials.createSsl(
        tls.clientCa ? Buffer.from(tls.clientCa) : null,
        [{ cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }],
        tls.clientCa !== undefined,
      )
    : grpc.ServerCredentials.createInsecure();
  const bound = await bind(server, port, credentials);
  return { port: bound, close: () => server.forceShutdown() };
}

const OK = 0;
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;

function take(
  call: ServerUnaryCall<Buffer, Buffer>,
  callback: sendUnaryData<Buffer>,
  { intake, path }: { intake: Intake; path: string },
) {
  const fault = intake.attempt();
  const refuse = (code: number, details: string) => callback({ code, details });
  if (fault?.kind === "grpc-status" && fault.code !== OK) return refuse(fault.code, fault.message ?? "refused");
  if (fault?.kind === "status" || fault?.kind === "reset") return refuse(UNAVAILABLE, "refused");
  const accept = () => {
    try {
      const headers = call.metadata.toHttp2Headers() as Record<string, string | string[]>;
      intake.accept({
        encoding: "grpc",
        path,
        headers,
        wireBytes: call.request.length,
        body: call.request,
      });
    } catch (error) {
      return refuse(INVALID_ARGUMENT, String(error));
    }
    const partial = fault?.kind === "partial-success" ? fault : undefined;
    callback(null, fault?.kind === "garbage" ? Buffer.from("\xff<<<noise>>>") : encodeExportResponse(partial));
  };
  if (fault?.kind !== "delay") return accept();
  const timer = Number.isFinite(fault.delayMs) ? setTimeout(accept, fault.delayMs) : undefined;
  call.on("cancelled", () => clearTimeout(timer));
}

function bind(server: Server, port: number, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
}
