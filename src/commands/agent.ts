import { existsSync } from "node:fs";
import { type Catalogue, CONTAINERS_PER_GROUP, createCatalogue } from "../catalogue/catalogue.ts";
import { createEngine } from "../engine/create-engine.ts";
import { defaultAddress } from "../engine/default-address.ts";
import type { EngineConnection } from "../engine/engine.ts";
import type { MetricFamily } from "../families/metric-family.ts";
import { createInventory } from "../inventory/create-inventory.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { REVISION, VERSION } from "../kit/version.ts";
import type { LogSample, SweepSample } from "../sample/container-sample.ts";
import { createSampler, type Sampler } from "../sampling/sampler.ts";
import type { Settings } from "../settings/schema.ts";
import type { Log } from "../telemetry/log.ts";
import { createTally } from "../telemetry/tally.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { hasPrograms } from "./programs.ts";
import { sayCuts } from "./say-cuts.ts";
import { type WatchedSweeps, watchSweeps } from "./watch-sweeps.ts";

/** The metrics path up to the waist: what every command that reads an engine is built of. */
export interface Agent {
  readonly telemetry: Telemetry;
  readonly engine: EngineConnection;
  readonly inventory: Inventory;
  readonly sampler: Sampler;
  readonly sweeps: WatchedSweeps;
  readonly catalogue: Catalogue;
  /** What goes out beside the containers' metrics and our own. */
  join(families: (atMs: number) => readonly MetricFamily[][]): void;
  /** The families of a sweep at most `maxAgeMs` old, and our own. */
  collect(wanted: { maxAgeMs: number }): Promise<Collected>;
  /** The same of a new sweep that waits for the opt-in groups too. */
  collectAll(): Promise<Collected>;
  familiesOf(sweep: SweepSample): Collected;
}

export interface Collected {
  readonly sweep: SweepSample;
  readonly groups: MetricFamily[][];
}

/** A sweep does not wait longer than this for one container; from then on the container is read beside the sweeps. */
const MAX_PATIENCE_MS = 2_000;

export interface AgentParts {
  /** What was counted of a container's log. */
  readonly logsOf?: (containerId: string) => LogSample | undefined;
}

export function buildAgent(settings: Settings, log: Log, { logsOf }: AgentParts = {}): Agent {
  const tally = createTally({ startedAtMs: Date.now() });
  tally.set("tallyman_build_info", 1, "version", VERSION, "revision", REVISION, "node_version", process.version);
  const telemetry: Telemetry = { log, tally };
  const { engine: engineSettings, metrics, containers } = settings;

  const engine = createEngine(
    {
      address: engineSettings.address ?? platformAddress(),
      tls: given(engineSettings.tls),
      requestTimeoutMs: engineSettings.requestTimeout,
      statsTimeoutMs: engineSettings.statsTimeout,
    },
    telemetry,
  );
  const inventory = createInventory({
    engine,
    telemetry,
    options: { ...containers, envNames: metrics.env, maxContainers: engineSettings.maxContainers },
  });
  const catalogue = createCatalogue({
    profiles: [...new Set(metrics.profiles)],
    machineName: metrics.machine,
    groups: metrics.groups,
    enable: metrics.enable,
    disable: metrics.disable,
    labels: metrics.labels,
    containersPerGroup: Math.min(CONTAINERS_PER_GROUP, settings.otlp.containersPerRequest),
  });
  const unwatched = createSampler({
    engine,
    inventory,
    telemetry,
    options: {
      patienceMs: Math.min(MAX_PATIENCE_MS, engineSettings.statsTimeout),
      deadlineMs: engineSettings.statsTimeout,
      concurrency: engineSettings.concurrency,
      stoppedContainers: metrics.groups.state,
      envNames: metrics.env,
      usageCores: catalogue.needs.usageCores,
      ...(catalogue.needs.processes && { processesIntervalMs: metrics.processesInterval }),
      ...(catalogue.needs.size && { sizeIntervalMs: metrics.sizeInterval }),
    },
  });
  const sweeps = watchSweeps(unwatched);
  const { sampler } = sweeps;

  const cuts = sayCuts(telemetry);
  const joined: ((atMs: number) => readonly MetricFamily[][])[] = [];

  function familiesOf(sweep: SweepSample): Collected {
    const groups: MetricFamily[][] = catalogue.families(logsOf === undefined ? sweep : withLogs(sweep, logsOf));
    if (!sweep.engineFailed) cuts.told(catalogue.cuts);
    if (metrics.groups.agent) groups.push(ownFamilies(sweep.atMs));
    for (const families of joined) groups.push(...families(sweep.atMs));
    return { sweep, groups };
  }

  function ownFamilies(atMs: number): MetricFamily[] {
    const isServer = hasPrograms(settings);
    tally.set("server_uptime_seconds_total", process.uptime());
    return tally
      .families(atMs)
      .filter(
        ({ descriptor: { name } }) => !metrics.disable.includes(name) && (isServer || !name.startsWith("server_")),
      );
  }

  return {
    telemetry,
    engine,
    inventory,
    sampler,
    sweeps,
    catalogue,
    join: (families) => void joined.push(families),
    collect: async (wanted) => familiesOf(await sampler.newest(wanted)),
    collectAll: async () => familiesOf(await sampler.complete()),
    familiesOf,
  };
}

/** Logs are counted as they are read, not by the sweep. */
function withLogs(sweep: SweepSample, logsOf: Exclude<AgentParts["logsOf"], undefined>): SweepSample {
  const containers = sweep.containers.map((sample) => ({ ...sample, logs: logsOf(sample.identity.containerId) }));
  return { ...sweep, containers };
}

export function platformAddress(): string {
  return defaultAddress({ platform: process.platform, env: process.env, exists: existsSync });
}

/** Without the fields that were not given. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
