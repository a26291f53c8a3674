import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createBackoff } from "../kit/backoff.ts";
import { wait } from "../kit/wait.ts";
import {
  certificateRenewed,
  certificateUnusable,
  connectionRefused,
  connectionsCounted,
  doorOpened,
  doorStaysShut,
  doorStillShut,
  requestAnswered,
} from "../telemetry/events/door.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { type Certificate, type CertificatePaths, readCertificate, sameCertificate } from "./certificate.ts";
import { createDesk, type Desk, MAX_HEADERS } from "./desk.ts";
import { doorUrl, type ListenAddress } from "./listen-address.ts";
import { listen, listenRemedy } from "./listening.ts";
import { createLogin, type LoginOptions } from "./login.ts";
import { refuseConnection, statusOf } from "./refusals.ts";
import type { Route } from "./route.ts";

export interface DoorOptions {
  readonly listen: ListenAddress;
  readonly tls?: CertificatePaths;
  readonly login?: LoginOptions;
  readonly maxConnections: number;
  /** A test's own. */
  readonly times?: Partial<DoorTimes>;
}

export interface DoorTimes {
  /** A request's header has arrived within this. */
  readonly headMs: number;
  /** A connection between two requests. Longer than most intervals of scraping. */
  readonly idleMs: number;
  /** A client that takes nothing of its answer, and a stream that gives nothing. */
  readonly stallMs: number;
  /** What is open at a stop may take so long to end. */
  readonly stopMs: number;
  /** How often the certificate's files are looked at. */
  readonly renewMs: number;
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

const TIMES: DoorTimes = {
  headMs: 10_000,
  idleMs: 65_000,
  stallMs: 60_000,
  stopMs: 1_000,
  renewMs: 10_000,
  retryMs: 2_000,
  maxRetryMs: 60_000,
};
const MAX_HEADER_BYTES = 16 * 1024;

export interface Door {
  /** Where it listens, as a client writes it; nothing while it does not. */
  readonly url: string | undefined;
  /** Whether it listens after the first attempt. If not, it goes on trying. */
  open(): Promise<boolean>;
  /** Nobody else gets in, streams end, other answers get a moment. */
  close(): Promise<void>;
}

type AnyServer = Server | SecureServer;

/** The one HTTP server of the agent. */
export function createDoor(
  { listen: address, tls, login: loginOptions = {}, maxConnections, times: given }: DoorOptions,
  { routes, telemetry }: { routes: readonly Route[]; telemetry: Telemetry },
): Door {
  const times = { ...TIMES, ...given };
  const login = createLogin(loginOptions);
  const desk = createDesk({ routes, login, telemetry, maxRequests: maxConnections, stallMs: times.stallMs });
  const stopping = new AbortController();
  const shown = doorUrl(address, { secure: tls !== undefined });
  let server: AnyServer | undefined;
  let url: string | undefined;
  let trying: Promise<void> | undefined;

  async function tryOnce(): Promise<Error | undefined> {
    try {
      const certificate = tls && (await readCertificate(tls));
      const fresh = buildServer({ desk, certificate, maxConnections, times, telemetry });
      await listen(fresh, address);
      if (stopping.signal.aborted) {
        fresh.close();
        return undefined;
      }
      server = fresh;
      const port = address.kind === "tcp" ? (fresh.address() as AddressInfo).port : 0;
      url = address.kind === "tcp" ? doorUrl({ ...address, port }, { secure: tls !== undefined }) : shown;
      doorOpened(telemetry, { url, login: login.challenges.length > 0 });
      if (tls && certificate) void renew(fresh as SecureServer, tls, certificate);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  async function goOnTrying(first: Error) {
    const backoff = createBackoff({ firstMs: times.retryMs, maxMs: times.maxRetryMs });
    const said = new Set<string>();
    for (let error: Error | undefined = first; error !== undefined && !stopping.signal.aborted; ) {
      const retryInMs = backoff.next();
      const about = { address: shown, error: error.message, remedy: listenRemedy(error), retryInMs };
      if (said.has(error.message)) doorStillShut(telemetry, about);
      else doorStaysShut(telemetry, about);
      said.add(error.message);
      await wait(retryInMs, stopping.signal);
      if (!stopping.signal.aborted) error = await tryOnce();
    }
  }

  async function renew(open: SecureServer, paths: CertificatePaths, first: Certificate) {
    let present = first;
    let said = "";
    for (;;) {
      await wait(times.renewMs, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        const found = await readCertificate(paths);
        said = "";
        if (sameCertificate(found, present)) continue;
        open.setSecureContext(found);
        present = found;
        certificateRenewed(telemetry);
      } catch (error) {
        const text = (error as Error).message;
        if (text !== said) certificateUnusable(telemetry, text);
        said = text;
      }
    }
  }

  return {
    get url() {
      return url;
    },
    async open() {
      const error = await tryOnce();
      if (error !== undefined) trying = goOnTrying(error);
      return error === undefined;
    },
    async close() {
      stopping.abort();
      await trying;
      url = undefined;
      if (server === undefined) return;
      const closed = new Promise((resolve) => server?.close(resolve));
      const done = new AbortController();
      await desk.close(wait(times.stopMs, done.signal));
      done.abort();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface ServerParts {
  readonly desk: Desk;
  readonly certificate: Certificate | undefined;
  readonly maxConnections: number;
  readonly times: DoorTimes;
  readonly telemetry: Telemetry;
}

function buildServer({ desk, certificate, maxConnections, times, telemetry }: ServerParts): AnyServer {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: times.headMs,
    requestTimeout: times.headMs,
    keepAliveTimeout: times.idleMs,
    connectionsCheckingInterval: Math.min(1_000, times.headMs),
  };
  const server = certificate
    ? createSecureServer({ ...options, ...certificate, handshakeTimeout: times.headMs }, desk.serve)
    : createServer(options, desk.serve);
  let connections = 0;
  // One more than is let through, so that the rest is refused rather than left out.
  server.maxHeadersCount = MAX_HEADERS + 1;
  server.maxConnections = maxConnections;
  server.on("connection", (socket: Socket) => {
    connectionsCounted(telemetry, ++connections);
    socket.once("close", () => connectionsCounted(telemetry, --connections));
  });
  // No file handle was left for a connection that came.
  server.on("error", () => connectionRefused(telemetry));
  // Those that only wait for a next request make room for others.
  server.on("drop", () => {
    connectionRefused(telemetry);
    server.closeIdleConnections();
  });
  server.on("clientError", (error: Error, socket: Socket) => {
    const status = statusOf(error);
    // Within an answer nothing can be said; a second error is of the rest of what was refused already.
    if (status === undefined || !socket.writable || desk.isBusy(socket)) {
      if (socket.writable || status === undefined) socket.destroy();
      return;
    }
    refuseConnection(socket, status);
    requestAnswered(telemetry, { path: "other", status, seconds: 0 });
  });
  return server;
}
