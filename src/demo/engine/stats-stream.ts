import type { ServerResponse } from "node:http";
import type { SimulatedContainer } from "./container.ts";
import { isUp } from "./container.ts";
import type { Fault } from "./faults.ts";
import { podmanStats } from "./podman-replies.ts";
import type { EngineProfile } from "./profile.ts";
import { isTrue } from "./query.ts";
import { errorReply, jsonReply, type Reply, send } from "./send.ts";
import { statsReply } from "./stats-reply.ts";

export interface StatsTiming {
  /** A one-shot waits so long for the collector's tick (about 1,000 before Engine 25); 0: answered at once. */
  readonly oneShotDelayMs: number;
  /** stream=false without one-shot takes two readings, this far apart twice over (about 2 s in all). */
  readonly readingIntervalMs: number;
}

export interface StatsRequest {
  readonly container: SimulatedContainer;
  readonly stackOwner: SimulatedContainer | undefined;
  readonly query: URLSearchParams;
  readonly fault: Fault | undefined;
  readonly timing: StatsTiming;
  readonly profile: EngineProfile;
  readonly apiVersion: string;
  readonly clock: () => number;
  readonly told: (reply: Reply) => void;
}

/** Answers GET /containers/{id}/stats in its three ways: one-shot, two readings, a stream of one object a second. */
export function answerStats(response: ServerResponse, request: StatsRequest) {
  const { container, query, fault, timing } = request;
  const stream = query.get("stream") === null || isTrue(query.get("stream"));
  const oneShot = isTrue(query.get("one-shot"));
  if (stream && oneShot) return send(response, errorReply(400, "cannot have stream=true and one-shot=true"));
  if (stream) return streamStats(response, request);

  // Engine 28.5 says so; the status code that it says it with was not recorded.
  if (container.status === "restarting") return send(response, errorReply(500, "no metrics received"), fault);
  const answer = () => {
    const reply = reading(request, { oneShot });
    request.told(reply);
    send(response, reply, fault);
  };
  // Podman has one answer for both ways, at once.
  const readingsMs = request.profile.flavour === "podman" ? 0 : timing.readingIntervalMs * 2;
  const delayMs = oneShot ? timing.oneShotDelayMs : readingsMs;
  if (!isUp(container) || delayMs === 0) return answer();
  const timer = setTimeout(answer, delayMs);
  response.on("close", () => clearTimeout(timer));
}

function streamStats(response: ServerResponse, request: StatsRequest) {
  response.writeHead(200, { "Content-Type": "application/json" });
  const write = () => response.write(`${reading(request, { oneShot: false }).body}\n`);
  write();
  const timer = setInterval(write, request.timing.readingIntervalMs);
  response.on("close", () => clearInterval(timer));
}

function reading(
  { container, stackOwner, profile, apiVersion, clock, timing }: StatsRequest,
  { oneShot }: { oneShot: boolean },
): Reply {
  const nowMs = clock();
  const isPodman = profile.flavour === "podman";
  const earlierMs = Math.max(container.startedAtMs ?? 0, nowMs - timing.readingIntervalMs);
  const previousMs = oneShot || isPodman ? undefined : earlierMs;
  const reply = statsReply(container, { profile, apiVersion, nowMs }, { oneShot, stackOwner, previousMs });
  return isPodman ? podmanStats(container, reply) : jsonReply(reply);
}
