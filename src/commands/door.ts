import { createDoor, type Door } from "../http/door.ts";
import { listenAddress } from "../http/listen-address.ts";
import type { Route } from "../http/route.ts";
import { REVISION, VERSION } from "../kit/version.ts";
import type { LogSample } from "../sample/container-sample.ts";
import type { Settings } from "../settings/schema.ts";
import { healthRoutes } from "../status/health-routes.ts";
import { linkPage, serviceRoute } from "../status/service-route.ts";
import type { Agent } from "./agent.ts";
import { metricsRoute } from "./metrics-route.ts";
import { type Page, pageOf } from "./page.ts";
import { type NamedOutlet, watchVitals } from "./watch-vitals.ts";

const ENDPOINTS = { metrics: "/metrics", health: "/health", liveness: "/healthz", readiness: "/readyz" };

export interface DoorParts {
  readonly outlets: readonly NamedOutlet[];
  /** Beside the agent's own. */
  readonly routes?: readonly Route[];
  /** What was counted of a container's log. */
  readonly logsOf?: (containerId: string) => LogSample | undefined;
}

/** The door on the agent, unless it is off. */
export function doorOf(agent: Agent, settings: Settings, parts: DoorParts): Door | undefined {
  const { http } = settings;
  const { outlets, routes = [], logsOf } = parts;
  const listen = http.enabled ? listenAddress(http.listen) : undefined;
  if (listen === undefined) return undefined;
  const { cert, key } = http.tls;
  const vitals = watchVitals(agent, settings, outlets);
  const page = http.page.enabled ? pageOf(agent, settings, { vitals, outlets, logsOf }) : undefined;
  const own = [
    metricsRoute(agent, { maxAgeMs: http.maxAge }),
    ...healthRoutes(vitals),
    service(page),
    ...(page?.routes ?? []),
  ];
  const door = createDoor(
    {
      listen,
      login: http,
      maxConnections: http.maxConnections,
      ...(cert !== undefined && key !== undefined && { tls: { cert, key } }),
    },
    { routes: [...own, ...routes], telemetry: agent.telemetry },
  );
  return page === undefined ? door : withPage(door, page);
}

/** The page lives as long as the door is open. */
function withPage(door: Door, page: Page): Door {
  return {
    get url() {
      return door.url;
    },
    open() {
      page.start();
      return door.open();
    },
    async close() {
      await Promise.all([page.stop(), door.close()]);
    },
  };
}

function service(page: Page | undefined): Route {
  return serviceRoute({
    version: VERSION,
    revision: REVISION,
    uptimeSeconds: () => process.uptime(),
    endpoints: ENDPOINTS,
    page: () => page?.document() ?? linkPage(ENDPOINTS),
  });
}
