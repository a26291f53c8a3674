import assert from "node:assert/strict";
import { test } from "node:test";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import type { ContainerInspect, StatsReply } from "../../src/engine/replies.ts";
import { extendLabelSet, labelSet } from "../../src/families/label-set.ts";
import type { MetricFamily } from "../../src/families/metric-family.ts";
import { protobufEncoder } from "../../src/families/otlp-protobuf.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { takeSample } from "../../src/sample/take-sample.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { FACTS, inspected } from "../sample/sources.ts";

const READ = "2026-11-21T05:00:00Z";

test("container with megabytes of labels: they are cut to what a request can carry, the same ones each time", () => {
  const labels = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`label-${i}`, "x".repeat(150)]));
  const inspect = inspected({ Config: { Image: "i", Labels: labels } });
  const first = familiesOf(inspect, {});
  assert.ok(requestBytes(first) < 3 * 2 ** 20, `${requestBytes(first)} bytes`);
  const kept = Object.keys(first[0]?.dataPoints[0]?.attributes ?? {});
  assert.ok(kept.length > 50, `${kept.length} labels`);
  assert.deepEqual(Object.keys(familiesOf(inspect, {})[0]?.dataPoints[0]?.attributes ?? {}), kept);
});

test("reply with a hundred thousand interfaces and devices: a thousand of each are told of, in no time that counts", () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `i${i}`);
  const networks = Object.fromEntries(names.map((name) => [name, { rx_bytes: 1 }]));
  const io_service_bytes_recursive = names.map((_, minor) => ({ major: 8, minor, op: "read", value: 1 }));
  const families = familiesOf(inspected(), { networks, blkio_stats: { io_service_bytes_recursive } });
  for (const { descriptor, dataPoints } of families) assert.ok(dataPoints.length <= 1_000, descriptor.name);
  const received = families.find(({ descriptor }) => descriptor.name === "container_network_receive_bytes_total");
  assert.equal(received?.dataPoints.length, 1_000);
});

const LABELS_CUT = "Containers have more labels than can be sent: the last of them are left out";
const LABELS_WHOLE = "Labels of all containers are sent again";
const SERIES_CUT = "Containers have more series than can be sent: the last of them are left out";
const SERIES_WHOLE = "Series of all containers are sent again";

test("container with more labels or series than can be sent: what is left out is said once and counted, and its end said", async (t) => {
  const { engine, receiver, start } = await startStage({}, t);
  const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`label-${i}`, "x".repeat(1_000)]));
  const labelled = engine.containers.run({ name: "labelled", labels });
  const wired = engine.containers.run({ name: "wired" });
  const networks = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`veth${i}`, { rx_bytes: i }]));
  const edit = (stats: object) => ({ ...stats, networks });
  const heal = engine.faults.add({ path: `/containers/${wired}/stats`, fault: { kind: "edit", edit } });
  const agent = start();
  const said = [await agent.logged(LABELS_CUT), await agent.logged(SERIES_CUT)];
  assert.deepEqual(
    said.map(({ count, containers }) => ({ count, containers })),
    [
      { count: 1, containers: ["labelled"] },
      { count: 1, containers: ["wired"] },
    ],
  );
  await exportsSince(receiver, Date.now(), 2);
  for (const what of ["labels", "points"]) {
    const [counted] = live(receiver, "tallyman_cuts_total", { what });
    assert.ok((counted?.value ?? 0) > 1, `${what}: ${counted?.value}`);
  }
  assert.equal(live(receiver, "container_network_receive_bytes_total", { name: "wired" }).length, 1_000);
  heal();
  await agent.logged(SERIES_WHOLE);
  engine.containers.remove(labelled);
  await agent.logged(LABELS_WHOLE);
  const aloud = agent.log().filter(({ level }) => level === "warn" || level === "error");
  assert.deepEqual(aloud, said);
});

test("label values that come and go for ever: they pile up nowhere", () => {
  const base = labelSet({ id: "/docker/a" });
  const first = extendLabelSet(base, "interface", "eth0");
  assert.equal(extendLabelSet(base, "interface", "eth0"), first);
  for (let i = 0; i < 12_000; i++) extendLabelSet(base, "interface", `veth${i}`);
  assert.notEqual(extendLabelSet(base, "interface", "eth0"), first, "forgotten");
});

function familiesOf(inspect: ContainerInspect, stats: Partial<StatsReply>): MetricFamily[] {
  const description = describeContainer({ inspect, facts: FACTS, envNames: [] });
  const told = { read: READ, ...stats };
  const sample = takeSample({ description, stats: told, facts: FACTS, devices: () => undefined, oomEvents: 0 });
  assert.ok(sample);
  return createCatalogue()
    .families({ atMs: Date.parse(READ), containers: [sample], engineFailed: false })
    .flat()
    .filter(
      ({ descriptor }) => descriptor.name.startsWith("container_") && descriptor.name !== "container_scrape_error",
    );
}

function requestBytes(families: readonly MetricFamily[]): number {
  const sender = { resource: {}, scope: { name: "tallyman", version: "1" } };
  let bytes = 0;
  for (const { body } of protobufEncoder.requests(sender, [families], { maxBytes: 3 * 2 ** 20, maxGroups: 1 }))
    bytes += body.length;
  return bytes;
}
