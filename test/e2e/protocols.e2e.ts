import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTAINER_ROWS, SWEEP_ROWS } from "../../src/catalogue/rows.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { differences } from "./expected/differences.ts";
import { expectedSeries, readAll } from "./expected/reading.ts";
import { seriesKey } from "./expected/series-key.ts";
import { INTERVAL_MS, isComplaint, startAgent } from "./harness/agent.ts";
import { type Collector, startCollector } from "./harness/collector.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import type { SinkPoint } from "./harness/otlp-sink.ts";
import { RESTLESS, startPopulation } from "./harness/population.ts";
import { setUp } from "./harness/set-up.ts";

const { engine, info, own } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  return { engine, info: await engine.client.info() };
});

const PROTOCOLS: Record<string, (collector: Collector) => string> = {
  "http/protobuf": ({ httpEndpoint }) => httpEndpoint,
  "http/json": ({ httpEndpoint }) => httpEndpoint,
  grpc: ({ grpcEndpoint }) => grpcEndpoint,
};

for (const [protocol, endpointOf] of Object.entries(PROTOCOLS)) {
  const collector = own(await startCollector());
  const { points } = collector.sink;
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_PROTOCOL: protocol,
      TALLYMAN_OTLP_ENDPOINT: endpointOf(collector),
      TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
      TALLYMAN_METRICS_GROUPS_SIZE: "true",
      TALLYMAN_METRICS_PROCESSES_INTERVAL: "1s",
      TALLYMAN_METRICS_SIZE_INTERVAL: "10s",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=e2e",
    }),
  );

  test(`${protocol}: a Collector reads every series of every container with the engine's own numbers`, async () => {
    await eventuallyPasses(
      async () => {
        const before = expectedSeries(await readAll(engine.client), {});
        const seen = valuesOf(await wholeExportAfter(points, BigInt(Date.now()) * 1_000_000n));
        const after = expectedSeries(await readAll(engine.client), {});
        assert.deepEqual(differences({ before, seen, after, restless: RESTLESS }), []);
      },
      { withinMs: 60_000 },
    );
  });

  test(`${protocol}: a Collector reads the kinds, and no unit that would change a name`, () => {
    const kinds = new Map([...CONTAINER_ROWS, ...SWEEP_ROWS].map(({ name, kind }) => [name, kind]));
    for (const { name, kind, unit } of points.filter((point) => kinds.has(point.name))) {
      assert.equal(kind, kinds.get(name) === "counter" ? "monotonic cumulative sum" : "gauge", name);
      assert.equal(unit, "", name);
    }
  });

  test(`${protocol}: a counter counts from the container's start`, async () => {
    const { State } = await engine.client.inspect("pop-paused");
    const counters = points.filter(
      ({ name, labels }) => labels.name === "pop-paused" && /^container_(cpu|memory)_.*_total$/.test(name),
    );
    assert.notEqual(counters.length, 0);
    for (const { name, startTimeNs } of counters) {
      assert.equal(startTimeNs / 1_000_000n, BigInt(Date.parse(State?.StartedAt ?? "")), name);
    }
  });

  test(`${protocol}: the resource is the engine's host`, () => {
    const { "service.version": version, ...resource } = points.at(-1)?.resource ?? {};
    assert.match(version ?? "", /^\d+\.\d+\.\d+/);
    assert.deepEqual(resource, {
      "service.name": "tallyman",
      "service.instance.id": info.Name,
      "host.name": info.Name,
      "host.id": info.ID,
      "host.arch": "amd64",
      "os.type": "linux",
      "deployment.environment.name": "e2e",
    });
  });

  test(`${protocol}: a removed container's series each end once, in the next export`, async () => {
    const name = `short-lived-${protocol.replace("/", "-")}`;
    await engine.docker("run", "-d", "--name", name, "bb", "sleep", "1d");
    const of = () => points.filter(({ labels }) => labels.name === name);
    await eventuallyPasses(() => assert.ok(of().some((point) => point.name === "container_memory_rss")), {
      withinMs: 4 * INTERVAL_MS,
    });
    await engine.docker("rm", "-f", name);
    await eventuallyPasses(() => assert.ok(of().some(({ noRecordedValue }) => noRecordedValue)), {
      withinMs: 4 * INTERVAL_MS,
    });
    const sent = new Set(of().map((point) => seriesKey(point.name, point.labels)));
    await wholeExportAfter(points, of().at(-1)?.timeNs ?? 0n);
    const ended = of().filter(({ noRecordedValue }) => noRecordedValue);
    assert.deepEqual(ended.map((point) => seriesKey(point.name, point.labels)).sort(), [...sent].sort());
    assert.deepEqual(of().slice(-ended.length), ended, "values came after the end");
  });

  test(`${protocol}: at a clean stop all series end and the process is gone within 5 s`, async () => {
    const { code, tookMs } = await agent.stop();
    assert.equal(code, 0);
    assert.ok(tookMs < 5_000, `${tookMs} ms`);
    assert.deepEqual(agent.log().filter(isComplaint), []);
    const newest = new Map(points.map((point) => [seriesKey(point.name, point.labels), point]));
    assert.deepEqual(
      [...newest].filter(([, point]) => !point.noRecordedValue).map(([key]) => key),
      [],
    );
  });
}

/** The newest point of each series, once all of the population's are newer than `timeNs`. */
async function wholeExportAfter(points: readonly SinkPoint[], timeNs: bigint): Promise<SinkPoint[]> {
  return eventuallyPasses(
    () => {
      const newest = [...new Map(points.map((point) => [seriesKey(point.name, point.labels), point])).values()];
      const clocks = newest.filter(({ name }) => name === "container_memory_usage_bytes" || name === "container_state");
      const late = clocks.filter((point) => !point.noRecordedValue && point.timeNs <= timeNs);
      assert.ok(clocks.length > 0 && late.length === 0, "no whole export arrived since");
      return newest;
    },
    { withinMs: 6 * INTERVAL_MS },
  );
}

function valuesOf(points: readonly SinkPoint[]): Map<string, number> {
  const ofContainers = points.filter(({ labels, noRecordedValue }) => labels.name !== undefined && !noRecordedValue);
  return new Map(ofContainers.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}
