import assert from "node:assert/strict";
import { test } from "node:test";
import { type LabelSet, labelSet } from "../../../src/families/label-set.ts";
import { type MetricFamily, metricFamily, NO_RECORDED_VALUE } from "../../../src/families/metric-family.ts";
import {
  createEndedLedger,
  type EndedLedger,
  type ResourceAttributes,
} from "../../../src/outlets/otlp/ended-ledger.ts";

const RESOURCE = { "service.instance.id": "host" };
const SETS = Array.from({ length: 10 }, (_, i) => labelSet({ id: String(i) }));
const [A, B, C] = SETS as [LabelSet, LabelSet, LabelSet];

test("an end stays until it is settled", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B], 0);
  observe(ledger, [B], 10);
  assert.deepEqual(pending(ledger), ["0"]);
  observe(ledger, [B], 20);
  assert.deepEqual(pending(ledger), ["0"]);
  const [endings] = ledger.pending();
  for (const family of endings?.families ?? []) endings?.settle(family, family.dataPoints);
  assert.deepEqual(pending(ledger), []);
});

test("an end carries the time of the export that it goes out with, however often it is tried", () => {
  const ledger = createEndedLedger();
  const pendingTimes = () =>
    ledger.pending().flatMap(({ families }) => families.flatMap(({ dataPoints }) => dataPoints.map((p) => p.endTime)));
  observe(ledger, [A, B], 0, RESOURCE, [100, 0]);
  observe(ledger, [B], 1000, RESOURCE, [101, 0]);
  assert.deepEqual(pendingTimes(), [[101, 0]]);
  observe(ledger, [B], 2000, RESOURCE, [102, 0]);
  assert.deepEqual(pendingTimes(), [[102, 0]]);
});

test("where an export has no point of its own, its ends are as much later as time went by", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A], 1000);
  observe(ledger, [], 4000);
  const point = ledger.pending()[0]?.families[0]?.dataPoints[0];
  assert.deepEqual([point?.endTime, point?.flags], [[103, 0], NO_RECORDED_VALUE]);
});

test("an end is later than the last point even when no time went by", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A], 1000, RESOURCE, [100, 999_500_000]);
  observe(ledger, [], 1000);
  assert.deepEqual(ledger.pending()[0]?.families[0]?.dataPoints[0]?.endTime, [101, 500_000]);
});

test("what comes back, with label sets made anew, is no longer pending", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B], 0);
  observe(ledger, [], 10);
  observe(ledger, [labelSet({ id: "1" })], 20);
  assert.deepEqual(pending(ledger), ["0"]);
});

test("ends are given up after ten minutes, and their number is told", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B, C], 0);
  observe(ledger, [B, C], 1000);
  observe(ledger, [C], 200_000);
  assert.equal(observe(ledger, [C], 601_000).forgotten, 1);
  assert.deepEqual(pending(ledger), ["1"]);
});

test("no more ends are kept than the limit, and the rest is told", () => {
  const ledger = createEndedLedger({ maxPending: 4 });
  observe(ledger, SETS, 0);
  assert.equal(observe(ledger, [], 10).forgotten, 6);
  assert.equal(pending(ledger).length, 4);
});

test("ends of another resource stay with it", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A], 0, { "service.instance.id": "agent" });
  observe(ledger, [A], 10);
  assert.deepEqual(
    ledger.pending().map(({ resource }) => resource),
    [{ "service.instance.id": "agent" }],
  );
  observe(ledger, [A], 20, { "service.instance.id": "agent" });
  assert.deepEqual(
    ledger.pending().map(({ resource }) => resource),
    [RESOURCE],
  );
});

test("a resource of which more is known is the same resource", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B], 0);
  observe(ledger, [A], 10, { ...RESOURCE, "host.id": "1" });
  assert.deepEqual(pending(ledger), ["1"]);
});

test("everything that was last observed can be ended, once", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B], 0);
  const all = ledger.everything(2000);
  const points = [...(all?.groups ?? [])].flat().flatMap(({ dataPoints }) => dataPoints);
  assert.deepEqual(
    points.map(({ attributes, endTime, flags }) => [attributes.id, endTime, flags]),
    [
      ["0", [102, 0], NO_RECORDED_VALUE],
      ["1", [102, 0], NO_RECORDED_VALUE],
    ],
  );
  assert.equal(ledger.everything(3000), undefined);
});

test("at the end of everything, what was pending before carries the same time", () => {
  const ledger = createEndedLedger();
  observe(ledger, [A, B], 0);
  observe(ledger, [B], 1000, RESOURCE, [101, 0]);
  const all = ledger.everything(3000);
  const times = [...(all?.groups ?? []), ...ledger.pending().map(({ families }) => families)]
    .flat()
    .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, endTime }) => [attributes.id, endTime]));
  assert.deepEqual(times, [
    ["1", [103, 0]],
    ["0", [103, 0]],
  ]);
});

function observe(
  ledger: EndedLedger,
  sets: readonly LabelSet[],
  nowMs: number,
  resource: ResourceAttributes = RESOURCE,
  endTime: [number, number] = [100, 0],
) {
  const family: MetricFamily = metricFamily({ name: "a_total", help: "A.", kind: "counter" });
  for (const attributes of sets) family.dataPoints.push({ attributes, value: 1, startTime: [1, 0], endTime });
  return ledger.observe({ resource, groups: [[family]] }, nowMs);
}

function pending(ledger: EndedLedger): (string | undefined)[] {
  const families = ledger.pending().flatMap((endings) => endings.families);
  return families.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes.id));
}
