import type { DoorAnswer, Route } from "../http/route.ts";
import { VERSION } from "../kit/version.ts";
import type { LogSample } from "../sample/container-sample.ts";
import type { Settings } from "../settings/schema.ts";
import { createPageFeed } from "../status/page/page-feed.ts";
import { type PartWords, pageParts } from "../status/page/page-parts.ts";
import { pageDocument, pageRoutes } from "../status/page/page-routes.ts";
import type { Vitals } from "../status/vitals.ts";
import type { Agent } from "./agent.ts";
import { engineText } from "./engine-text.ts";
import type { NamedOutlet } from "./watch-vitals.ts";

export interface Page {
  readonly routes: readonly Route[];
  document(): DoorAnswer;
  start(): void;
  stop(): Promise<void>;
}

export interface PageParts {
  readonly vitals: () => Vitals;
  readonly outlets: readonly NamedOutlet[];
  readonly logsOf?: ((containerId: string) => LogSample | undefined) | undefined;
}

/** Five seconds are live to a person; a minute is often enough for an hour's chart that nobody looks at. */
const LIVE_MS = 5_000;
const IDLE_MS = 60_000;
/** 11 MiB of history. */
const MAX_CONTAINERS = 2_000;
const MAX_VIEWERS = 20;

/** What is said of an outlet that there could be. */
const WHERE_OFF = {
  otlp: "Nothing is pushed: otlp.enabled is false.",
  logs: "Logs are not kept: logs.dir turns it on.",
};

/** The page on the agent's sweeps. */
export function pageOf(agent: Agent, settings: Settings, { vitals, outlets, logsOf }: PageParts): Page {
  const words = partWords(agent, outlets);
  const feed = createPageFeed(
    {
      version: VERSION,
      startedAtMs: Date.now() - process.uptime() * 1000,
      history: { lengthMs: settings.http.page.history, maxContainers: MAX_CONTAINERS },
      livePeriodMs: LIVE_MS,
      idlePeriodMs: IDLE_MS,
      maxViewers: MAX_VIEWERS,
    },
    {
      freshen: (wanted) => agent.sampler.newest(wanted),
      logsOf: logsOf ?? (() => undefined),
      parts: ({ containers }) => pageParts(vitals(), words(containers)),
    },
  );
  const stopped = new AbortController();
  const unsubscribe = agent.sampler.onSweep(feed.add);
  let running: Promise<void> | undefined;
  return {
    routes: pageRoutes(feed),
    document: pageDocument,
    start() {
      running = feed.run(stopped.signal);
    },
    async stop() {
      unsubscribe();
      stopped.abort();
      await running;
    },
  };
}

function partWords(agent: Agent, outlets: readonly NamedOutlet[]): (containers: number) => PartWords {
  const texts = Object.fromEntries(outlets.map(({ name, outlet }) => [name, outlet.text ?? ""]));
  const off = Object.fromEntries(Object.entries(WHERE_OFF).filter(([name]) => !(name in texts)));
  return (containers) => ({
    engine: agent.engine.facts === undefined ? "" : `${engineText(agent.engine.facts)}, at ${agent.engine.address}`,
    sweep: containers === 1 ? "1 container" : `${containers} containers`,
    outlets: texts,
    off,
  });
}
