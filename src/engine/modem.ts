import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecurely, createSecureContext, type SecureContext } from "node:tls";
import Modem, { type BuiltRequest, type DialCallback, type DialOptions } from "docker-modem";
import type { EngineAddress } from "./address.ts";
import { EngineError } from "./engine.ts";
import { createIntake, type Intake } from "./intake.ts";
import { askRaw, type OnRead, type RawReply } from "./raw-reply.ts";
import { isReadingRequest } from "./reading-requests.ts";

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Objects are sent as JSON, as the API wants its filters. */
export type Query = Readonly<Record<string, string | number | boolean | Record<string, string[]>>>;

export interface DialRequest {
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly query?: Query;
}

export interface Dialler {
  /** Resolves with the head of the reply, whatever its status; the body is the caller's to read or to destroy. */
  dial(request: DialRequest, undertaking: Undertaking): Promise<IncomingMessage>;
  /** The same on a connection of its own, for replies that may last, of which there are many. */
  dialRaw(request: DialRequest, undertaking: Undertaking): Promise<RawReply>;
  /** Closes the idle connections; requests under way go on. */
  closeIdle(): void;
  /** Breaks off the requests under way too, but for the raw ones. */
  destroy(): void;
}

/**
 * A request that can be given up. An AbortSignal for each, which this stands for, costs a sweep of 100 containers a
 * tenth of its CPU time (docs/decisions/0009).
 */
export interface Undertaking {
  /** Given up before it was sent. */
  readonly over: boolean;
  /** Set by the dialler: breaks the request off with its connection. */
  breakOff: (() => void) | undefined;
}

interface DiallerOptions {
  readonly tls?: TlsMaterial;
  readonly intake?: Intake;
}

export function createDialler(
  address: EngineAddress,
  { tls = {}, intake = createIntake() }: DiallerOptions = {},
): Dialler {
  const modem = hidingDockerHost(() => new ReadingModem(address, tls));
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return {
    dial: ({ method, path, query }, undertaking) =>
      new Promise((resolve, reject) => {
        // docker-modem adds the query only to a path that ends in "?".
        const asked = query ? { path: `${path}?`, options: query } : { path };
        modem.dial({ method, ...asked, isStream: true, statusCodes: ANY_STATUS, undertaking }, (error, response) =>
          response ? resolve(response) : reject(error),
        );
      }),
    dialRaw: async ({ method, path, query }, undertaking) => {
      const text = modem.textOf({ method, path: query ? `${path}?${modem.buildQuerystring(query)}` : path });
      if (undertaking.over) throw new Error("given up before it was sent");
      return askRaw({ connect: modem.connect, text, undertaking, intake, buffer });
    },
    closeIdle: () => modem.closeIdle(),
    destroy: () => modem.destroy(),
  };
}

/** As much as libuv reads at once (1.51). */
const READ_BYTES = 64 * 1024;

/**
 * docker-modem with the last step, the sending, written anew: the choke point, past which bytes leave. Its own (5.0.7)
 * follows redirects to anywhere with a request whose errors nobody handles, formats every option for a debug line that
 * is off, and hides whether a connection was used before.
 */
class ReadingModem extends Modem {
  readonly #agent: http.Agent | https.Agent;
  readonly #pathPrefix: string;
  /** Where requests go without a socket. */
  readonly #tcp: { readonly socketPath: undefined; readonly hostname: string; readonly port: number } | undefined;
  readonly #queries = new WeakMap<Query, string>();
  readonly #address: EngineAddress;
  readonly #tls: TlsMaterial;
  /** Made once: each connection would read the certificates anew. */
  #secureContext: SecureContext | undefined;
  #destroyed = false;

  constructor(address: EngineAddress, tls: TlsMaterial) {
    const local = address.kind !== "tcp";
    super({
      // With a host docker-modem (5.0.7) calls url.parse for each request, of which Node 24 warns in the agent's log.
      socketPath: local ? address.path : "in place of the host",
      protocol: local ? "http" : address.protocol,
      ...tls,
    });
    this.#address = address;
    this.#tls = tls;
    this.#pathPrefix = local ? "" : address.pathPrefix;
    this.#tcp = local ? undefined : { socketPath: undefined, hostname: address.host, port: address.port };
    // 5 s of idleness at most: a socket proxy closes connections after 10 (tecnativa's haproxy.cfg), and a request sent
    // into that closing fails.
    this.#agent = new (this.protocol === "https" ? https : http).Agent({ keepAlive: true, timeout: 5_000 });
  }

  override buildRequest(
    built: BuiltRequest,
    { undertaking }: DialOptions,
    _data: undefined,
    callback: DialCallback,
  ): void {
    if (!isReadingRequest(built)) {
      callback(notReading(built), null);
      return;
    }
    const options = { ...built, ...this.#tcp, path: this.#pathPrefix + built.path, agent: this.#agent };
    this.#send(options, undertaking, callback);
  }

  #send(options: http.RequestOptions, undertaking: Undertaking, callback: DialCallback): void {
    if (undertaking.over) {
      callback(new Error("given up before it was sent"), null);
      return;
    }
    let answered = false;
    const request = (this.protocol === "https" ? https : http).request(options);
    undertaking.breakOff = () => request.destroy(new Error("given up"));
    request.on("response", (response) => {
      answered = true;
      callback(null, response);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (answered) return;
      answered = true;
      // The engine closed an idle connection while we wrote to it: nothing was read, so asking again is safe.
      const isLost = error.code === "ECONNRESET" || error.code === "EPIPE";
      if (request.reusedSocket && isLost && !this.#destroyed) this.#send(options, undertaking, callback);
      else callback(error, null);
    });
    request.end();
  }

  /** The whole of a raw request; throws on one that would do more than to read. */
  textOf(request: DialRequest): string {
    if (!isReadingRequest(request)) throw notReading(request);
    const { method, path } = request;
    return `${method} ${this.#pathPrefix}${path} HTTP/1.1\r\nHost: ${this.#host}\r\nConnection: close\r\n\r\n`;
  }

  /** As Node's HTTP client connects. */
  readonly connect = (onread: OnRead, onReady: () => void): Socket => {
    const how = { onread, keepAlive: true, keepAliveInitialDelay: 1_000 };
    const address = this.#address;
    if (address.kind !== "tcp") return connectPlain({ ...how, path: address.path }, onReady);
    const { host, port, protocol } = address;
    if (protocol === "http") return connectPlain({ ...how, host, port }, onReady);
    this.#secureContext ??= createSecureContext(this.#tls);
    const servername = isIP(host) === 0 ? host : "";
    const secure = { secureContext: this.#secureContext, servername, ALPNProtocols: ["http/1.1"] };
    return connectSecurely({ ...how, ...secure, host, port }, onReady);
  };

  get #host(): string {
    if (this.#tcp === undefined) return "localhost";
    const { hostname, port } = this.#tcp;
    return `${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`;
  }

  /** Most requests of a sweep have the very same query. */
  override buildQuerystring(query: Query): string {
    let text = this.#queries.get(query);
    if (text === undefined) {
      text = super.buildQuerystring(query);
      this.#queries.set(query, text);
    }
    return text;
  }

  closeIdle(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#agent.destroy();
  }
}

function notReading({ method, path }: { method: string; path: string }): EngineError {
  return new EngineError(`${method} ${path} is not among the requests that Tallyman sends`, { kind: "unsupported" });
}

/** Without it docker-modem turns a status that is not listed into its own error, after reading a body of any length. */
const ANY_STATUS: Record<number, boolean> = Object.fromEntries(
  Array.from({ length: 900 }, (_, index) => [index + 100, true]),
);

/**
 * docker-modem reads DOCKER_HOST and what belongs to it as it is made, lets it override an explicit socket, and throws on
 * one that it can't parse. Which of the settings wins is not its business.
 */
function hidingDockerHost<T>(make: () => T): T {
  const host = process.env.DOCKER_HOST;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (host !== undefined) process.env.DOCKER_HOST = host;
  }
}
