import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FamilyHead, metricFamily } from "../../src/families/metric-family.ts";
import { prometheusName } from "../../src/families/prometheus-name.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";

/** By the rules of prometheus/otlptranslator 1.0. */
const TRANSLATED: readonly [Pick<FamilyHead, "name" | "kind" | "unit">, string][] = [
  [{ name: "container.cpu.time", kind: "counter", unit: "s" }, "container_cpu_time_seconds_total"],
  [{ name: "container.cpu.usage", kind: "gauge", unit: "{cpu}" }, "container_cpu_usage"],
  [{ name: "container.memory.usage", kind: "upDownCounter", unit: "By" }, "container_memory_usage_bytes"],
  [{ name: "container.network.io", kind: "counter", unit: "By" }, "container_network_io_bytes_total"],
  [{ name: "container.paging.faults", kind: "counter", unit: "{fault}" }, "container_paging_faults_total"],
  [{ name: "a.total.of.bytes", kind: "counter", unit: "By" }, "a_of_bytes_total"],
];

describe("a name of OpenTelemetry's kind is on a page what Prometheus' OTLP receiver makes of it", () => {
  for (const [head, expected] of TRANSLATED) {
    test(`${head.name} is ${expected}`, () => {
      assert.equal(prometheusName(metricFamily({ ...head, help: "Help." })).name, expected);
    });
  }
});

test("a name without a unit stays as it is, irregular ones too", () => {
  for (const name of ["container_memory_rss", "machine_cpu_cores", "x:y_total", "counted"]) {
    assert.equal(prometheusName(metricFamily({ name, help: "", kind: "counter" })).name, name);
  }
});

test("OpenMetrics tells the unit in Prometheus' words, and what may fall is a gauge", () => {
  const head = { name: "container.memory.usage", help: "Memory.", kind: "upDownCounter", unit: "By" } as const;
  const family = metricFamily(head);
  family.dataPoints.push({ attributes: { "container.id": "a" }, value: 1, startTime: [0, 0], endTime: [0, 0] });
  const text = prometheusText([[family]], "openmetrics");
  assert.equal(
    text,
    `# HELP container_memory_usage_bytes Memory.
# TYPE container_memory_usage_bytes gauge
# UNIT container_memory_usage_bytes bytes
container_memory_usage_bytes{container_id="a"} 1
# EOF
`,
  );
});
