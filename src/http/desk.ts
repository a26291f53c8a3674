import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { loginUnreadable, requestAnswered, routeFailed } from "../telemetry/events/door.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Login } from "./login.ts";
import { refusal } from "./refusals.ts";
import { readTarget } from "./request-target.ts";
import { respond } from "./respond.ts";
import type { DoorAnswer, Route } from "./route.ts";

export interface DeskOptions {
  readonly routes: readonly Route[];
  readonly login: Login;
  readonly telemetry: Telemetry;
  readonly maxRequests: number;
  /** A client that takes nothing of its answer for so long is let go of. */
  readonly stallMs: number;
}

/** Where requests are answered: by the route that they are for, or with why not. */
export interface Desk {
  serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
  /** Whether an answer is due or under way on the connection. */
  isBusy(socket: Socket): boolean;
  /** Ends streams at once; the rest at `late`. Resolves when no request is left. */
  close(late: Promise<void>): Promise<void>;
}

export const MAX_HEADERS = 100;
const OTHER = "other";
/** Whose answer needs no login: that a process turns is no secret, and orchestrators have none to show. */
const OPEN_PATH = "/healthz";
/** Of other requests the rest would have to be read, to find the next one after it. */
const CLOSE = { connection: "close" };

interface Decision {
  readonly path: string;
  readonly answer: DoorAnswer;
}

export function createDesk({ routes, login, telemetry, maxRequests, stallMs }: DeskOptions): Desk {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  const open = new Set<{ readonly socket: Socket; readonly controller: AbortController; streams: boolean }>();
  const failing = new Set<string>();
  const said = new Set<string>();
  let closing = false;
  let left: (() => void) | undefined;

  function routeOf(path: string): Route | undefined {
    const exact = byPath.get(path);
    if (exact !== undefined) return exact;
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const above = byPath.get(path.slice(0, at + 1));
      if (above !== undefined) return above;
    }
    return undefined;
  }

  async function decide(incoming: IncomingMessage, signal: AbortSignal): Promise<Decision> {
    const { method, headers, url = "" } = incoming;
    if (incoming.rawHeaders.length / 2 > MAX_HEADERS) return refused(refusal(431, CLOSE));
    const target = readTarget(url);
    if ("refused" in target) return refused(refusal(target.refused));
    if (open.size > maxRequests) return refused(refusal(503, { "retry-after": "1" }));
    if (target.path !== OPEN_PATH && !(await admitted(headers.authorization)))
      return refused(refusal(401, { "www-authenticate": login.challenges.join(", ") }));
    if (isFromElsewhere(incoming)) return refused(refusal(403));
    const route = routeOf(target.path);
    if (route === undefined) return refused(refusal(404));
    const { path } = route;
    if (method !== "GET" && method !== "HEAD") return { path, answer: refusal(405, { allow: "GET, HEAD", ...CLOSE }) };
    if (hasBody(incoming)) return { path, answer: refusal(413, CLOSE) };
    try {
      const answer = await route.answer({ method, ...target, headers, signal });
      failing.delete(path);
      return { path, answer };
    } catch (error) {
      if (!signal.aborted && !failing.has(path)) routeFailed(telemetry, { path, error });
      failing.add(path);
      return { path, answer: refusal(500) };
    }
  }

  async function admitted(authorization: string | undefined): Promise<boolean> {
    try {
      const isAdmitted = await login.admits(authorization);
      if (isAdmitted) said.clear();
      return isAdmitted;
    } catch (error) {
      const text = (error as Error).message;
      if (!said.has(text)) loginUnreadable(telemetry, text);
      said.add(text);
      return false;
    }
  }

  return {
    async serve(incoming, outgoing) {
      const startedAt = performance.now();
      const request = { socket: incoming.socket, controller: new AbortController(), streams: false };
      open.add(request);
      outgoing.once("close", () => {
        open.delete(request);
        request.controller.abort();
        if (open.size === 0) left?.();
      });
      const { signal } = request.controller;
      const { path, answer } = await decide(incoming, signal);
      request.streams = typeof answer.body === "object" && !(answer.body instanceof Uint8Array);
      if (closing) {
        outgoing.shouldKeepAlive = false;
        if (request.streams) request.controller.abort();
      }
      outgoing.setTimeout(stallMs, () => outgoing.destroy());
      const how = { method: incoming.method, acceptEncoding: incoming.headers["accept-encoding"], signal };
      try {
        await respond(outgoing, answer, how);
      } catch (error) {
        if (!signal.aborted) routeFailed(telemetry, { path, error });
        outgoing.destroy();
      }
      requestAnswered(telemetry, { path, status: answer.status, seconds: (performance.now() - startedAt) / 1000 });
    },
    isBusy: (socket) => [...open].some((request) => request.socket === socket),
    async close(late) {
      closing = true;
      if (open.size === 0) return;
      const empty = new Promise<void>((resolve) => {
        left = resolve;
      });
      for (const request of open) if (request.streams) request.controller.abort();
      await Promise.race([empty, late]);
      for (const { controller } of open) controller.abort();
    },
  };
}

function refused(answer: DoorAnswer): Decision {
  return { path: OTHER, answer };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Another site's page has the browser ask us: it may follow a link to here, and read and start nothing. */
function isFromElsewhere({ headers }: IncomingMessage): boolean {
  return headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-dest"] !== "document";
}
