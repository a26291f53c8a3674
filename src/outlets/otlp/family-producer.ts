import type { Resource } from "@opentelemetry/resources";
import type { CollectionResult, MetricData, MetricProducer } from "@opentelemetry/sdk-metrics";
import { collectionFailed } from "../../telemetry/events/outlet.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { FamilySource } from "../family-source.ts";
import type { TimeLimits } from "./time-limits.ts";

interface ProducerOptions {
  readonly source: FamilySource;
  readonly scope: { readonly name: string; readonly version: string };
  /** Asked after each collection. */
  resource(): Resource;
  /** Of the collection that begins now. */
  timeoutMs(): number;
  readonly limits: TimeLimits;
  readonly telemetry: Telemetry;
}

/**
 * The source as the SDK's MetricProducer, a group of families as a ScopeMetrics. It always resolves, and in time: a
 * producer that hangs would stop the SDK's reader (3.1.0) for ever, its shutdown included. A collection that failed is
 * one of nothing, upon which the reader exports nothing.
 */
export function createFamilyProducer(options: ProducerOptions): MetricProducer {
  const { source, scope, limits, telemetry } = options;
  let failing = false;
  return {
    async collect(): Promise<CollectionResult> {
      const limit = limits.start(options.timeoutMs());
      try {
        const groups = await Promise.race([source.collect(), whenUp(limit.signal)]);
        failing = false;
        // An export of nothing, unlike none, still tells which series ended.
        const sent = groups.length === 0 ? [[]] : groups;
        const scopeMetrics = sent.map((metrics) => ({ scope, metrics: metrics as MetricData[] }));
        return { resourceMetrics: { resource: options.resource(), scopeMetrics }, errors: [] };
      } catch (error) {
        if (!failing) collectionFailed(telemetry, { outlet: "otlp", error });
        failing = true;
        return { resourceMetrics: { resource: options.resource(), scopeMetrics: [] }, errors: [error] };
      } finally {
        limit.end();
      }
    },
  };
}

function whenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the collection took too long")), { once: true });
  });
}
