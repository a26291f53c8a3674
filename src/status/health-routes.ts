import type { DoorAnswer, Route } from "../http/route.ts";
import { type OutletVitals, troubles, unreadiness, type Vitals, wedge } from "./vitals.ts";

/**
 * `/health`: is all well; `/healthz`: does the agent's own loop turn, so that a restart would help; `/readyz`: are there
 * fresh numbers. Outlets are told of at `/readyz`, yet don't decide: that one of them fails keeps no other reader away.
 */
export function healthRoutes(vitals: () => Vitals): Route[] {
  return [
    { path: "/health", answer: async () => health(vitals()) },
    { path: "/healthz", answer: async () => liveness(wedge(vitals())) },
    { path: "/readyz", answer: async () => readiness(vitals()) },
  ];
}

function health(vitals: Vitals): DoorAnswer {
  const problems = troubles(vitals);
  const docker = vitals.engine.isConnected ? "connected" : "disconnected";
  if (problems.length === 0) return json(200, { status: "healthy", docker });
  return json(503, { status: "unhealthy", docker, problems });
}

function liveness(stuck: string | undefined): DoorAnswer {
  return stuck === undefined ? json(200, { status: "alive" }) : json(503, { status: "stuck", problems: [stuck] });
}

function readiness(vitals: Vitals): DoorAnswer {
  const problem = unreadiness(vitals);
  const { engine, sweeps, outlets } = vitals;
  return json(problem === undefined ? 200 : 503, {
    status: problem === undefined ? "ready" : "not ready",
    ...(problem !== undefined && { problems: [problem] }),
    engine: engine.isConnected ? "connected" : "disconnected",
    ...(sweeps.endedMs !== undefined && { lastSweepSecondsAgo: Math.round(sweeps.endedMs / 1000) }),
    outlets: outlets.map(outlet),
  });
}

function outlet({ name, isFailing, lastSuccessMs, lastError }: OutletVitals): object {
  const untried = lastSuccessMs === undefined && lastError === undefined;
  return {
    name,
    status: untried ? "not tried yet" : isFailing ? "failing" : "working",
    ...(lastSuccessMs !== undefined && { lastSuccess: timeText(lastSuccessMs) }),
    ...(lastError !== undefined && { lastError: lastError.text, lastErrorAt: timeText(lastError.atMs) }),
  };
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

function json(status: number, value: object): DoorAnswer {
  return { status, headers: { "content-type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}
