import { createDoor, type Door } from "../http/door.ts";
import { listenAddress } from "../http/listen-address.ts";
import type { Route } from "../http/route.ts";
import { REVISION, VERSION } from "../kit/version.ts";
import type { Settings } from "../settings/schema.ts";
import { healthRoutes } from "../status/health-routes.ts";
import { linkPage, serviceRoute } from "../status/service-route.ts";
import type { Agent } from "./agent.ts";
import { metricsRoute } from "./metrics-route.ts";
import { type NamedOutlet, watchVitals } from "./watch-vitals.ts";

const ENDPOINTS = { metrics: "/metrics", health: "/health", liveness: "/healthz", readiness: "/readyz" };

export interface DoorParts {
  readonly outlets: readonly NamedOutlet[];
  /** Beside the agent's own. */
  readonly routes?: readonly Route[];
}

/** The door on the agent, unless it is off. */
export function doorOf(agent: Agent, settings: Settings, { outlets, routes = [] }: DoorParts): Door | undefined {
  const { http } = settings;
  const listen = http.enabled ? listenAddress(http.listen) : undefined;
  if (listen === undefined) return undefined;
  const { cert, key } = http.tls;
  const own = [
    metricsRoute(agent, { maxAgeMs: http.maxAge }),
    ...healthRoutes(watchVitals(agent, settings, outlets)),
    service(),
  ];
  return createDoor(
    {
      listen,
      login: http,
      maxConnections: http.maxConnections,
      ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
    },
    { routes: [...own, ...routes], telemetry: agent.telemetry },
  );
}

function service(): Route {
  return serviceRoute({
    version: VERSION,
    revision: REVISION,
    uptimeSeconds: () => process.uptime(),
    endpoints: ENDPOINTS,
    page: () => linkPage(ENDPOINTS),
  });
}
