import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Containers } from "./containers.ts";
import { engineHeaders } from "./engine-replies.ts";
import type { EventStreams } from "./event-stream.ts";
import type { FaultRegistry } from "./faults.ts";
import { answerLogs } from "./logs/answer-logs.ts";
import type { LogStreams } from "./logs/log-streams.ts";
import type { EngineProfile } from "./profile.ts";
import { type LoggedRequest, parseRequest, type RequestRecorder } from "./requests.ts";
import { answer } from "./routes.ts";
import { errorReply, type Reply, send } from "./send.ts";
import { answerStats, type StatsTiming } from "./stats-stream.ts";

export interface World {
  readonly containers: Containers;
  readonly eventStreams: EventStreams;
  readonly logStreams: LogStreams;
  readonly faults: FaultRegistry;
  readonly requests: RequestRecorder;
  /** Requests that would change something: a reading agent must send none. */
  readonly violations: LoggedRequest[];
  readonly timing: StatsTiming;
  readonly clock: () => number;
  /** Who wants to know what was answered. */
  readonly replyListeners: Set<(reply: ToldReply) => void>;
  profile: EngineProfile;
}

/** An answer as the engine gave it, which no fault changed. */
export interface ToldReply {
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

/** The engine's HTTP side: log, fault, route, reply. */
export function createRequestListener(world: World): RequestListener {
  return (message, response) => {
    const request = parseRequest(message.method ?? "", message.url ?? "");
    world.requests.add(request);
    if (request.path !== "/events" && !request.path.endsWith("/logs")) {
      world.requests.began();
      response.on("close", () => world.requests.ended());
    }
    handle(world, request, message, response);
  };
}

function handle(world: World, request: LoggedRequest, message: IncomingMessage, response: ServerResponse) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    world.violations.push(request);
    return send(response, errorReply(405, `${request.method} is not for a reading client`));
  }
  const fault = world.faults.take(request);
  if (fault?.kind === "refuse") return void message.socket.destroy();
  if (fault?.kind === "respond") return send(response, fault);
  for (const [name, value] of Object.entries(engineHeaders(world.profile))) response.setHeader(name, value);
  if (fault?.kind !== "delay") return reply(world, request, response, fault);
  if (!Number.isFinite(fault.delayMs)) return;
  const timer = setTimeout(() => reply(world, request, response, fault), fault.delayMs);
  response.on("close", () => clearTimeout(timer));
}

function reply(
  world: World,
  request: LoggedRequest,
  response: ServerResponse,
  fault: ReturnType<FaultRegistry["take"]>,
) {
  const { profile, clock, timing, containers } = world;
  const apiVersion = request.apiVersion ?? profile.apiVersion;
  const view = { profile, apiVersion, nowMs: clock() };
  const result = answer(request, containers, view);
  const told = ({ status, body }: Reply) => {
    if (fault !== undefined && fault.kind !== "delay") return;
    for (const listener of world.replyListeners) listener({ path: request.path, status, body });
  };
  if (!("stream" in result)) {
    told(result);
    return send(response, result, fault);
  }
  if (request.method === "HEAD") return void response.end();
  if (result.stream === "events") return world.eventStreams.open(response, request.query, view);
  if (result.stream === "logs") {
    const { container } = result;
    return answerLogs(response, { container, query: request.query, view, fault, streams: world.logStreams });
  }
  answerStats(response, { ...result, query: request.query, fault, timing, profile, apiVersion, clock, told });
}
