import type { TestContext } from "node:test";
import { type OtlpReceiver, startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import { extendLabelSet, type LabelSet, labelSet } from "../../../src/families/label-set.ts";
import { hrTimeFromMs, type MetricFamily, metricFamily } from "../../../src/families/metric-family.ts";
import type { OtlpOptions, OtlpProtocol } from "../../../src/outlets/otlp/otlp-options.ts";
import { createOtlpOutlet, type OtlpOutlet } from "../../../src/outlets/otlp/otlp-outlet.ts";
import type { LogLevel } from "../../../src/telemetry/log.ts";
import { createTally } from "../../../src/telemetry/tally.ts";
import type { Telemetry } from "../../../src/telemetry/telemetry.ts";

export const PROTOCOLS: readonly OtlpProtocol[] = ["http/protobuf", "http/json", "grpc"];

/** Long enough that nothing is exported but what a test asks for. */
export const NEVER_MS = 3_600_000;

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface WatchedTelemetry extends Telemetry {
  readonly lines: LogLine[];
  /** Of warn and info: what is said without being asked. */
  said(): string[];
  count(name: string, labels?: Record<string, string>): number;
}

export function watchedTelemetry(): WatchedTelemetry {
  const lines: LogLine[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      lines.push({ level, message, fields });
  const log = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
  const tally = createTally({ startedAtMs: 0 });
  return {
    log,
    tally,
    lines,
    said: () => lines.filter(({ level }) => level !== "debug").map(({ message }) => message),
    count(name, labels = {}) {
      const points = tally.families(0).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      const fitting = points.filter(({ attributes }) =>
        Object.entries(labels).every(([label, value]) => attributes[label] === value),
      );
      let sum = 0;
      for (const { value } of fitting) sum += value;
      return sum;
    },
  };
}

/** Containers whose families a test makes come and go; counters grow at each collection. */
export interface Fleet {
  readonly containers: Map<string, LabelSet>;
  collections: number;
  collect(): Promise<MetricFamily[][]>;
}

export function createFleet(names: readonly string[], { groupSize = 50, families = 2 } = {}): Fleet {
  const fleet: Fleet = {
    containers: new Map(names.map((name) => [name, labelSet({ id: `/docker/${name}`, name })])),
    collections: 0,
    async collect() {
      fleet.collections++;
      const sets = [...fleet.containers.values()];
      const groups: MetricFamily[][] = [];
      for (let first = 0; first < sets.length; first += groupSize) {
        groups.push(group(sets.slice(first, first + groupSize), families, fleet.collections));
      }
      return groups;
    },
  };
  return fleet;
}

/** A receiver that is closed after the outlets which push to it have stopped. */
export async function receiverFor(t: TestContext, protocol: OtlpProtocol): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver({ protocols: [protocol === "grpc" ? "grpc" : "http"] });
  const outlets: OtlpOutlet[] = [];
  outletsOf.set(t, outlets);
  t.after(async () => {
    await Promise.all(outlets.map((outlet) => outlet.stop()));
    await receiver.close();
  });
  return receiver;
}

const outletsOf = new WeakMap<TestContext, OtlpOutlet[]>();

export function endpointOf(receiver: OtlpReceiver, protocol: OtlpProtocol): string {
  return protocol === "grpc" ? receiver.grpcEndpoint : receiver.httpEndpoint;
}

export function outletOptions(options: Partial<OtlpOptions> = {}): OtlpOptions {
  return {
    protocol: "http/protobuf",
    intervalMs: NEVER_MS,
    timeoutMs: 10_000,
    headers: {},
    compression: "gzip",
    tls: {},
    maxRequestBytes: 3 * 1024 * 1024,
    groupsPerRequest: 1,
    endSeriesOnStop: false,
    proxyEnvironment: {},
    resource: () => ({ "service.name": "tallyman", "service.instance.id": "host-1" }),
    ...options,
  };
}

interface OutletUnderTest {
  readonly outlet: OtlpOutlet;
  readonly telemetry: WatchedTelemetry;
}

/** An outlet that has started; stopped after the test, before its receiver. */
export async function startedOutlet(
  t: TestContext,
  options: Partial<OtlpOptions>,
  source: { collect(): Promise<MetricFamily[][]> },
): Promise<OutletUnderTest> {
  const telemetry = watchedTelemetry();
  const outlet = createOtlpOutlet(outletOptions(options), { source, telemetry });
  outletsOf.get(t)?.push(outlet);
  await outlet.start();
  return { outlet, telemetry };
}

function group(sets: readonly LabelSet[], families: number, round: number): MetricFamily[] {
  const now = hrTimeFromMs(Date.now());
  return Array.from({ length: families }, (_, f) => {
    const counter = f % 2 === 0;
    const name = counter ? `container_${f}_total` : `container_${f}_bytes`;
    const family = metricFamily({ name, help: `Number ${f}.`, kind: counter ? "counter" : "gauge" });
    for (const base of sets) {
      const attributes = counter ? extendLabelSet(base, "cpu", "total") : base;
      family.dataPoints.push({ attributes, value: round, startTime: [1_700_000_000, 0], endTime: now });
    }
    return family;
  });
}
