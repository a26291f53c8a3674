import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { DecodeError } from "./export-request.ts";
import type { Encoding, Intake } from "./intake.ts";
import type { ReceiverFault } from "./receiver-faults.ts";
import { encodeExportResponse, encodeStatus, jsonExportResponse } from "./responses.ts";

/** The default paths of OTLP/HTTP, and that of Prometheus' receiver. */
const PATHS = ["/v1/metrics", "/api/v1/otlp/v1/metrics", "/v1/logs"];

/** The Collector's max_request_body_size (confighttp v0.149), compressed and not. */
const MAX_BODY_BYTES = 20 * 2 ** 20;

const ENCODINGS: Record<string, Encoding> = {
  "application/x-protobuf": "http/protobuf",
  "application/json": "http/json",
};

/** A refusal by HTTP status, with the gRPC code that goes with it in the body. */
class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;

export function createHttpSide(intake: Intake): RequestListener {
  return (message, response) => {
    take(message, response, intake).catch((error: unknown) => {
      if (error instanceof Refusal) refuse(response, error);
      else response.destroy();
    });
  };
}

async function take(message: IncomingMessage, response: ServerResponse, intake: Intake) {
  const path = (message.url ?? "").split("?")[0] ?? "";
  if (!PATHS.includes(path)) throw new Refusal(404, INVALID_ARGUMENT, `No receiver at ${path}`);
  if (message.method !== "POST") throw new Refusal(405, INVALID_ARGUMENT, "405 method not allowed, supported: [POST]");
  const encoding = ENCODINGS[(message.headers["content-type"] ?? "").split(";")[0]?.trim() ?? ""];
  if (!encoding) throw new Refusal(415, INVALID_ARGUMENT, "supported: [application/json, application/x-protobuf]");
  const raw = await bodyOf(message);
  const fault = intake.attempt();
  if (await isRefusedBy(fault, response)) return;
  const body = unpacked(raw, message.headers["content-encoding"]);
  try {
    intake.accept({ encoding, path, headers: message.headers, wireBytes: raw.length, body });
  } catch (error) {
    if (error instanceof DecodeError) throw new Refusal(400, INVALID_ARGUMENT, error.message);
    throw error;
  }
  answer(response, encoding, fault);
}

/** Whether the fault has answered, or sees to it that nobody ever does. */
async function isRefusedBy(fault: ReceiverFault | undefined, response: ServerResponse): Promise<boolean> {
  if (fault?.kind === "status" || fault?.kind === "grpc-status") {
    const retryAfter = fault.kind === "status" ? fault.retryAfter : undefined;
    const headers = { "Content-Type": "text/plain", ...(retryAfter ? { "Retry-After": retryAfter } : {}) };
    const body = fault.kind === "status" ? (fault.body ?? "refused") : (fault.message ?? "refused");
    response.writeHead(fault.kind === "status" ? fault.status : 503, headers).end(body);
    return true;
  }
  if (fault?.kind === "reset") {
    response.destroy();
    return true;
  }
  if (fault?.kind === "delay") return !(await outlasts(response, fault.delayMs));
  return false;
}

/** Whether the sender still waits after so long. */
function outlasts(response: ServerResponse, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(delayMs) ? setTimeout(() => resolve(true), delayMs) : undefined;
    response.on("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is above the limit is read to its end and forgotten, so that the sender gets to see the refusal.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES)
    throw new Refusal(413, RESOURCE_EXHAUSTED, `The body is larger than ${MAX_BODY_BYTES} bytes`);
  return Buffer.concat(chunks);
}

function unpacked(raw: Buffer, contentEncoding: string | undefined): Buffer {
  if (contentEncoding === undefined || contentEncoding === "identity") return raw;
  if (contentEncoding !== "gzip")
    throw new Refusal(415, INVALID_ARGUMENT, `unsupported Content-Encoding ${contentEncoding}`);
  try {
    return gunzipSync(raw, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) throw new Refusal(413, RESOURCE_EXHAUSTED, `The body is larger than ${MAX_BODY_BYTES} bytes`);
    throw new Refusal(400, INVALID_ARGUMENT, "The body is not gzip");
  }
}

function answer(response: ServerResponse, encoding: Encoding, fault: ReceiverFault | undefined) {
  const partial = fault?.kind === "partial-success" ? fault : undefined;
  const isJson = encoding === "http/json";
  const body = isJson ? jsonExportResponse(partial) : encodeExportResponse(partial);
  response.writeHead(200, { "Content-Type": isJson ? "application/json" : "application/x-protobuf" });
  response.end(fault?.kind === "garbage" ? "\xff<<<noise>>>" : body);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal) {
  const isJson = response.req.headers["content-type"]?.startsWith("application/json") === true;
  response.writeHead(status, { "Content-Type": isJson ? "application/json" : "application/x-protobuf" });
  response.end(isJson ? JSON.stringify({ code, message }) : encodeStatus(code, message));
}
