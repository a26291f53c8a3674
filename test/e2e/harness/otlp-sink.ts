import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Keeps every point that arrives as OTLP/JSON. */
export interface OtlpSink {
  readonly url: string;
  readonly points: readonly SinkPoint[];
  end(): Promise<void>;
}

export interface SinkPoint {
  readonly resource: Readonly<Record<string, string>>;
  readonly name: string;
  readonly unit: string;
  readonly kind: "monotonic cumulative sum" | "gauge" | "other";
  readonly labels: Readonly<Record<string, string>>;
  /** NaN where no value is recorded. */
  readonly value: number;
  readonly noRecordedValue: boolean;
  readonly startTimeNs: bigint;
  readonly timeNs: bigint;
}

export async function startOtlpSink(): Promise<OtlpSink> {
  const points: SinkPoint[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    points.push(...pointsOf(JSON.parse(Buffer.concat(chunks).toString("utf8")) as ExportRequest));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    points,
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

// OTLP/JSON as opentelemetry-proto 1.7 has it; fields at their default are left out.
interface ExportRequest {
  resourceMetrics?: { resource?: { attributes?: Attribute[] }; scopeMetrics?: { metrics?: Metric[] }[] }[];
}
interface Metric {
  name: string;
  unit?: string;
  gauge?: { dataPoints?: NumberPoint[] };
  sum?: { dataPoints?: NumberPoint[]; isMonotonic?: boolean; aggregationTemporality?: number };
}
interface NumberPoint {
  attributes?: Attribute[];
  startTimeUnixNano?: string;
  timeUnixNano?: string;
  asDouble?: number;
  asInt?: string;
  flags?: number;
}
interface Attribute {
  key: string;
  value: { stringValue?: string };
}
const CUMULATIVE = 2;
const NO_RECORDED_VALUE = 1;

function pointsOf(request: ExportRequest): SinkPoint[] {
  return (request.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }) =>
    (scopeMetrics ?? []).flatMap(({ metrics }) =>
      (metrics ?? []).flatMap(
        (metric) =>
          (metric.sum ?? metric.gauge)?.dataPoints?.map((point) => ({
            resource: record(resource?.attributes),
            name: metric.name,
            unit: metric.unit ?? "",
            kind: kindOf(metric),
            labels: record(point.attributes),
            value: Number(point.asDouble ?? point.asInt ?? Number.NaN),
            noRecordedValue: ((point.flags ?? 0) & NO_RECORDED_VALUE) !== 0,
            startTimeNs: BigInt(point.startTimeUnixNano ?? 0),
            timeNs: BigInt(point.timeUnixNano ?? 0),
          })) ?? [],
      ),
    ),
  );
}

function kindOf({ sum, gauge }: Metric): SinkPoint["kind"] {
  if (gauge) return "gauge";
  return sum?.isMonotonic && sum.aggregationTemporality === CUMULATIVE ? "monotonic cumulative sum" : "other";
}

function record(attributes: readonly Attribute[] = []): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? ""]));
}
