import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import { connectionRefused, connectionsCounted, requestAnswered } from "../telemetry/events/door.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Certificate } from "./certificate.ts";
import { type Desk, MAX_HEADERS } from "./desk.ts";
import { refuseConnection, statusOf } from "./refusals.ts";

const MAX_HEADER_BYTES = 16 * 1024;

export type DoorServer = Server | SecureServer;

export interface ServerParts {
  readonly desk: Desk;
  readonly certificate: Certificate | undefined;
  readonly maxConnections: number;
  readonly headMs: number;
  readonly idleMs: number;
  readonly telemetry: Telemetry;
}

/** The server as it listens: what it bears of anybody who may connect. */
export function buildServer({ desk, certificate, maxConnections, headMs, idleMs, telemetry }: ServerParts): DoorServer {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headMs,
    requestTimeout: headMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: Math.min(1_000, headMs),
  };
  const server = certificate
    ? createSecureServer({ ...options, ...certificate, handshakeTimeout: headMs }, desk.serve)
    : createServer(options, desk.serve);
  let connections = 0;
  // One more than is let through, so that the rest is refused rather than left out.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.maxConnections = maxConnections;
  server.on("connection", (socket: Socket) => {
    connectionsCounted(telemetry, ++connections);
    socket.once("close", () => connectionsCounted(telemetry, --connections));
  });
  server.on("error", () => {
    // No file handle was left for a connection that came.
    if (server.listening) connectionRefused(telemetry);
  });
  // Those that only wait for a next request make room for others.
  server.on("drop", () => {
    connectionRefused(telemetry);
    server.closeIdleConnections();
  });
  server.on("clientError", (error: Error, socket: Socket) => {
    // Within an answer nothing can be said.
    const status = desk.isBusy(socket) ? undefined : statusOf(error);
    if (status === undefined) return void socket.destroy();
    // The rest of what was refused already.
    if (!socket.writable) return;
    refuseConnection(socket, status);
    requestAnswered(telemetry, { path: "other", status, seconds: 0 });
  });
  return server;
}
