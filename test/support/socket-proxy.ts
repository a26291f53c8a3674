import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What tecnativa's docker-socket-proxy is told by its environment: CONTAINERS, INFO … */
export type Rights = Readonly<Record<string, boolean>>;

export interface SocketProxy {
  /** "tcp://127.0.0.1:2375" */
  readonly address: string;
  /** What was refused: "GET /v1.51/info". */
  readonly refused: readonly string[];
  /** How many event streams were opened. */
  readonly eventStreams: number;
  /** Goes, to come back `upWith` other rights: another environment needs another container. */
  down(): Promise<void>;
  upWith(rights: Rights): Promise<void>;
  close(): Promise<void>;
}

export interface SocketProxyOptions {
  readonly socketPath: string;
  readonly rights: Rights;
  /** A connection on which nothing comes for so long is cut; haproxy.cfg has ten minutes. */
  readonly idleMs?: number;
}

/** Granted unless revoked (docker-socket-proxy 0.4.1, README). */
const GRANTED_BY_DEFAULT: Rights = { PING: true, VERSION: true, EVENTS: true };

/** What its own haproxy.cfg (0.4.1) allows: one rule for each right, on the beginning of the path. */
const ALLOWED = readRules(
  readFileSync(join(import.meta.dirname, "../fixtures/docker-socket-proxy/haproxy.cfg"), "utf8"),
);

/** HAProxy's own pages, the first as docker-socket-proxy's README shows it. */
const FORBIDDEN = page("403 Forbidden", "Request forbidden by administrative rules.");
const NO_SERVER = page("503 Service Unavailable", "No server is available to handle this request.");

/** Stands before an engine's socket, on TCP, and lets through what docker-socket-proxy would. */
export async function startSocketProxy({ socketPath, rights, idleMs }: SocketProxyOptions): Promise<SocketProxy> {
  let granted: Rights = { ...GRANTED_BY_DEFAULT, ...rights };
  const refused: string[] = [];
  let eventStreams = 0;

  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    if (!isAllowed(method, url, granted)) {
      refused.push(`${method} ${url}`);
      return answer(outgoing, 403, FORBIDDEN);
    }
    if (/\/events\b/.test(url)) eventStreams++;
    pass(incoming, outgoing, { socketPath, idleMs });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    address: `tcp://127.0.0.1:${port}`,
    refused,
    get eventStreams() {
      return eventStreams;
    },
    down: () => shut(server),
    async upWith(more) {
      granted = { ...granted, ...more };
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    close: () => shut(server),
  };
}

async function shut(server: Server) {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

function isAllowed(method: string, url: string, rights: Rights): boolean {
  // HAProxy's METH_GET is HEAD too.
  if (method !== "GET" && method !== "HEAD" && !rights.POST) return false;
  const path = decodeURIComponent(url.split("?")[0] ?? "");
  return ALLOWED.some(({ right, pattern }) => rights[right] && pattern.test(path));
}

function readRules(configuration: string): { right: string; pattern: RegExp }[] {
  const rules = configuration.matchAll(
    /^ *http-request allow if \{ path,url_dec -m reg -i (\S+) \} \{ env\((\w+)\) -m bool \}$/gm,
  );
  return [...rules].map(([, pattern = "", right = ""]) => ({ right, pattern: new RegExp(pattern, "i") }));
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { socketPath, idleMs = 0 }: { socketPath: string; idleMs?: number | undefined },
) {
  const { method, url: path, headers } = incoming;
  const onward = request({ socketPath, method, path, headers, agent: false }, (reply) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    outgoing.flushHeaders();
    reply.on("error", () => outgoing.destroy()).pipe(outgoing);
    if (idleMs > 0) reply.setTimeout(idleMs, () => outgoing.destroy());
  });
  onward.on("error", () => (outgoing.headersSent ? outgoing.destroy() : answer(outgoing, 503, NO_SERVER)));
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function answer(outgoing: ServerResponse, status: number, body: string) {
  outgoing.writeHead(status, { "Content-Type": "text/html", "Cache-Control": "no-cache" }).end(body);
}

function page(title: string, text: string): string {
  return `<html><body><h1>${title}</h1>\n${text}\n</body></html>\n`;
}
