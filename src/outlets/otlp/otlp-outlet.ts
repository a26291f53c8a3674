import { VERSION } from "../../kit/version.ts";
import type { Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { FamilySource } from "../family-source.ts";
import { createSender, encoderOf } from "./create-sender.ts";
import { createExportState, type ExportReport } from "./export-state.ts";
import { createFamilyProducer } from "./family-producer.ts";
import { otlpEndpoint } from "./otlp-endpoint.ts";
import type { OtlpOptions } from "./otlp-options.ts";
import { createPushExporter } from "./push-exporter.ts";
import { routeSdkMessages } from "./sdk-messages.ts";
import { createTimeLimits } from "./time-limits.ts";

export interface OtlpOutlet {
  /** Where it pushes, as it may be shown. */
  readonly endpoint: string;
  readonly standing: Standing;
  /** Loads what the protocol needs and exports at once, then at each interval. */
  start(): Promise<void>;
  /** Collects and exports now, after what is under way. */
  exportOnce(): Promise<ExportReport | undefined>;
  /** A last export, then everything is ended; within 4 s, whatever the receiver does. */
  stop(): Promise<void>;
}

/** A collection may take longer than a short interval: the reader then leaves out a turn. */
const MIN_COLLECTION_TIMEOUT_MS = 30_000;
/** An export ends before the SDK's reader would let go of it. */
const SHARE_OF_INTERVAL = 0.95;

// How a stop divides its time.
const STOP_MS = 4000;
const STOP_ONGOING_MS = 800;
const STOP_COLLECTION_MS = 1500;
const STOP_ENDING_MS = 900;
const STOP_MARGIN_MS = 100;

/** Pushes what the source collects over OTLP. Throws on an endpoint that is none. */
export function createOtlpOutlet(
  options: OtlpOptions,
  { source, telemetry }: { source: FamilySource; telemetry: Telemetry },
): OtlpOutlet {
  const endpoint = otlpEndpoint(options);
  const state = createExportState({ endpoint, protocol: options.protocol, telemetry });
  const limits = createTimeLimits();
  let stopAtMs: number | undefined;
  let started: ReturnType<typeof load> | undefined;
  let stopped: Promise<void> | undefined;

  function timeLeft(otherwiseMs: number, reserveMs: number): number {
    if (stopAtMs === undefined) return otherwiseMs;
    return Math.max(1, Math.min(otherwiseMs, stopAtMs - performance.now() - reserveMs));
  }

  async function load() {
    const [{ PeriodicExportingMetricReader }, { resourceFromAttributes }, sender] = await Promise.all([
      import("@opentelemetry/sdk-metrics"),
      import("@opentelemetry/resources"),
      createSender(endpoint, options),
      routeSdkMessages(telemetry.log),
    ]);
    const scope = { name: "tallyman", version: VERSION };
    const exportTimeoutMs = Math.min(options.timeoutMs, options.intervalMs * SHARE_OF_INTERVAL);
    const endReserveMs = options.endSeriesOnStop ? STOP_ENDING_MS : STOP_MARGIN_MS;
    const exporter = createPushExporter({
      ...options,
      encoder: encoderOf(options.protocol),
      sender,
      scope,
      limits,
      telemetry,
      state,
      exportTimeoutMs: () => timeLeft(exportTimeoutMs, endReserveMs),
      endingTimeoutMs: () => timeLeft(exportTimeoutMs, STOP_MARGIN_MS),
    });
    const collectionTimeoutMs = Math.max(options.intervalMs, MIN_COLLECTION_TIMEOUT_MS);
    const producer = createFamilyProducer({
      source,
      scope,
      limits,
      telemetry,
      resource: () => resourceFromAttributes(options.resource()),
      timeoutMs: () => (stopAtMs === undefined ? collectionTimeoutMs : STOP_COLLECTION_MS),
    });
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: options.intervalMs,
      exportTimeoutMillis: options.intervalMs,
    });
    return { reader, exporter, sender, producer };
  }

  async function shutDown() {
    const loaded = await started?.catch(() => undefined);
    if (loaded === undefined) return;
    stopAtMs = performance.now() + STOP_MS;
    limits.shorten(STOP_ONGOING_MS);
    await loaded.reader.shutdown({ timeoutMillis: STOP_MS }).catch(() => undefined);
    loaded.sender.close();
  }

  return {
    endpoint: endpoint.shown,
    get standing() {
      return state.standing;
    },
    async start() {
      if (started !== undefined) return;
      started = load();
      const { reader, producer } = await started;
      if (stopped !== undefined) return;
      // Ours is the only producer, so it takes the place of the SDK's own: its resource may change with the engine.
      reader.setMetricProducer(producer);
      reader.forceFlush().catch(() => undefined);
    },
    async exportOnce() {
      const loaded = await started;
      await loaded?.reader.forceFlush();
      return loaded?.exporter.lastReport;
    },
    stop() {
      stopped ??= shutDown();
      return stopped;
    },
  };
}
