import type { Socket } from "node:net";
import { MAX_TARGET } from "./request-target.ts";
import type { DoorAnswer } from "./route.ts";

const WORDS = {
  400: "Bad request",
  401: "Who are you? This door asks for a login",
  403: "Not for a page of another site",
  404: "There is nothing here",
  405: "Only GET and HEAD",
  408: "The request took too long to arrive",
  413: "A request here has no body",
  414: "The request's address is too long",
  431: "The request's header is too large",
  500: "Something went wrong here: the agent's log tells what",
  503: "Too busy: try again in a second",
} as const;

export type RefusalStatus = keyof typeof WORDS;

export function refusal(status: RefusalStatus, headers: Record<string, string> = {}): DoorAnswer {
  return { status, headers, body: `${WORDS[status]}.\n` };
}

/** How long a client that was refused may go on sending, so that it gets to read why before the connection is reset. */
const LINGER_MS = 500;
const LONG_TARGET = new RegExp(`^[A-Z]+ [^ \\r\\n]{${MAX_TARGET}}`);

interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** Of what the parser of HTTP could make no request of. Nothing: the connection is gone. */
export function statusOf({ code, rawPacket }: ParserError): RefusalStatus | undefined {
  if (code === "HPE_HEADER_OVERFLOW") return LONG_TARGET.test(rawPacket?.toString("latin1") ?? "") ? 414 : 431;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code?.startsWith("HPE_") ? 400 : undefined;
}

/** Refuses on a connection that has no request to answer, and ends it. */
export function refuseConnection(socket: Socket, status: RefusalStatus) {
  const text = `${WORDS[status]}.\n`;
  const head = [
    `HTTP/1.1 ${status} ${WORDS[status].split(":")[0]}`,
    "Connection: close",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(linger));
}
