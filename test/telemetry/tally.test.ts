import assert from "node:assert/strict";
import { test } from "node:test";
import { SUM } from "../../src/families/metric-family.ts";
import { OWN_METRICS } from "../../src/telemetry/own-metrics.ts";
import { createTally } from "../../src/telemetry/tally.ts";

test("a counter adds up by its labels and counts from the agent's start", () => {
  const tally = createTally({ startedAtMs: 1_000 });
  tally.add("tallyman_engine_errors_total", 1, "kind", "timeout");
  tally.add("tallyman_engine_errors_total", 2, "kind", "timeout");
  tally.add("tallyman_engine_errors_total", 5, "kind", "forbidden");
  const [family] = tally.families(61_000);
  assert.equal(family?.dataPointType, SUM);
  assert.deepEqual(
    family?.dataPoints.map(({ attributes, value, startTime, endTime }) => ({ attributes, value, startTime, endTime })),
    [
      { attributes: { kind: "timeout" }, value: 3, startTime: [1, 0], endTime: [61, 0] },
      { attributes: { kind: "forbidden" }, value: 5, startTime: [1, 0], endTime: [61, 0] },
    ],
  );
  assert.equal(tally.value("tallyman_engine_errors_total", "kind", "forbidden"), 5);
});

test("a series is the same label set object from one collection to the next", () => {
  const tally = createTally({ startedAtMs: 0 });
  tally.set("tallyman_engine_up", 1);
  tally.add("tallyman_exports_total", 1, "outlet", "otlp", "outcome", "success");
  const labels = () => tally.families(1).flatMap((family) => family.dataPoints.map((point) => point.attributes));
  assert.ok(labels().every((set, i) => set === labels()[i]));
});

test("what never happened is absent", () => {
  assert.deepEqual(createTally({ startedAtMs: 0 }).families(1), []);
});

test("own metrics are named by Prometheus' rules, with a help that is a sentence", () => {
  for (const [name, { kind, help }] of Object.entries(OWN_METRICS)) {
    assert.match(name, /^(tallyman|server)_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), kind === "counter", name);
    assert.match(help, /^[A-Z].*\.$/, name);
  }
});
