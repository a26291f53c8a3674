import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { MetricFamily, Point } from "../../families/metric-family.ts";
import type { FamilyGroups, FamilySlice, OtlpEncoder, OtlpSender } from "../../families/otlp-request.ts";
import { seriesEnded, seriesForgotten } from "../../telemetry/events/outlet.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { createEndedLedger, type Endings, type ResourceAttributes } from "./ended-ledger.ts";
import type { ExportReport, ExportState } from "./export-state.ts";
import type { RequestSender } from "./request-sender.ts";
import type { TimeLimits } from "./time-limits.ts";

interface PushExporterOptions {
  readonly encoder: OtlpEncoder;
  readonly sender: RequestSender;
  readonly scope: OtlpSender["scope"];
  readonly maxRequestBytes: number;
  readonly groupsPerRequest: number;
  readonly endSeriesOnStop: boolean;
  /** Of the export that begins now, and of the one that ends everything. */
  exportTimeoutMs(): number;
  endingTimeoutMs(): number;
  readonly limits: TimeLimits;
  readonly state: ExportState;
  readonly telemetry: Telemetry;
}

export interface PushExporter extends PushMetricExporter {
  /** How the last export went. */
  readonly lastReport: ExportReport | undefined;
}

/**
 * The SDK's exporter: an export becomes requests of a group of families each, none larger than the cap, before which go
 * the endings of series. At shutdown everything that was exported is ended.
 */
export function createPushExporter(options: PushExporterOptions): PushExporter {
  const { encoder, scope, limits, telemetry, state } = options;
  const requestLimits = { maxBytes: options.maxRequestBytes, maxGroups: options.groupsPerRequest };
  const ledger = createEndedLedger();
  let lastReport: ExportReport | undefined;

  async function deliverWithin(timeoutMs: number, deliveries: Iterator<Delivery>): Promise<ExportReport> {
    const limit = limits.start(timeoutMs);
    try {
      return await deliver(deliveries, limit, options);
    } finally {
      limit.end();
    }
  }

  function* requestsOf(resource: ResourceAttributes, groups: FamilyGroups): Generator<Delivery> {
    for (const request of encoder.requests({ resource, scope }, groups, requestLimits)) yield { request };
  }

  function* requestsOfEndings({ resource, families, settle }: Endings): Generator<Delivery> {
    for (const { request } of requestsOf(resource, [families])) {
      const onAccepted = () => {
        for (const slice of request.blocks.flat()) settle(slice.family, pointsOf(slice));
        seriesEnded(telemetry, { outlet: "otlp", count: request.pointCount });
      };
      yield { request, onAccepted };
    }
  }

  function* requestsOfExport({ resource, scopeMetrics }: ResourceMetrics): Generator<Delivery> {
    const attributes = resource.attributes as ResourceAttributes;
    const groups = scopeMetrics.map(({ metrics }) => metrics as MetricFamily[]);
    const { forgotten } = ledger.observe({ resource: attributes, groups }, performance.now());
    if (forgotten > 0) seriesForgotten(telemetry, { outlet: "otlp", count: forgotten });
    for (const endings of ledger.pending()) yield* requestsOfEndings(endings);
    yield* requestsOf(attributes, groups);
  }

  function* requestsOfTheEnd(): Generator<Delivery> {
    // First, so that what was pending before is ended with the same time.
    const everything = ledger.everything(performance.now());
    for (const endings of ledger.pending()) yield* requestsOfEndings(endings);
    if (everything === undefined) return;
    for (const { request } of requestsOf(everything.resource, everything.groups)) {
      yield { request, onAccepted: () => seriesEnded(telemetry, { outlet: "otlp", count: request.pointCount }) };
    }
  }

  return {
    get lastReport() {
      return lastReport;
    },
    export(metrics, resultCallback) {
      deliverWithin(options.exportTimeoutMs(), requestsOfExport(metrics)).then(
        (report) => {
          lastReport = report;
          state.exported(report);
          resultCallback(report.failure ? { code: 1, error: new Error(report.failure.detail) } : { code: 0 });
        },
        (error) => resultCallback({ code: 1, error }),
      );
    },
    // The reader waits for each export itself, and exports one after the other.
    async forceFlush() {},
    async shutdown() {
      if (options.endSeriesOnStop) await deliverWithin(options.endingTimeoutMs(), requestsOfTheEnd());
      options.sender.close();
    },
  };
}

function pointsOf({ family, from, to }: FamilySlice): readonly Point[] {
  return family.dataPoints.slice(from, to);
}
