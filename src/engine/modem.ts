import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import Modem, { type BuiltRequest, type DialCallback, type DialOptions } from "docker-modem";
import type { EngineAddress } from "./address.ts";
import { EngineError } from "./engine.ts";
import { isReadingRequest } from "./reading-requests.ts";

export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Objects are sent as JSON, as the API wants its filters. */
export type Query = Readonly<Record<string, string | number | boolean | Record<string, string[]>>>;

export interface Dialler {
  /** Resolves with the head of the reply, whatever its status; the body is the caller's to read or to destroy. */
  dial(
    request: { method: "GET" | "HEAD"; path: string; query?: Query },
    undertaking: Undertaking,
  ): Promise<IncomingMessage>;
  /** Closes the idle connections; requests under way go on. */
  closeIdle(): void;
  /** Breaks off the requests under way too. */
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

export function createDialler(address: EngineAddress, tls: TlsMaterial = {}): Dialler {
  const modem = hidingDockerHost(() => new ReadingModem(address, tls));
  return {
    dial: ({ method, path, query }, undertaking) =>
      new Promise((resolve, reject) => {
        // docker-modem adds the query only to a path that ends in "?".
        const asked = query ? { path: `${path}?`, options: query } : { path };
        modem.dial({ method, ...asked, isStream: true, statusCodes: ANY_STATUS, undertaking }, (error, response) =>
          response ? resolve(response) : reject(error),
        );
      }),
    closeIdle: () => modem.closeIdle(),
    destroy: () => modem.destroy(),
  };
}

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
  #destroyed = false;

  constructor(address: EngineAddress, tls: TlsMaterial) {
    const local = address.kind !== "tcp";
    super({
      // With a host docker-modem (5.0.7) calls url.parse for each request, of which Node 24 warns in the agent's log.
      socketPath: local ? address.path : "in place of the host",
      protocol: local ? "http" : address.protocol,
      ...tls,
    });
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
      const message = `${built.method} ${built.path} is not among the requests that Tallyman sends`;
      callback(new EngineError(message, { kind: "unsupported" }), null);
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
