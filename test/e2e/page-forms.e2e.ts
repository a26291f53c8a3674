import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ALL_ROWS } from "../../src/catalogue/rows.ts";
import { labelSet } from "../../src/families/label-set.ts";
import { type MetricFamily, metricFamily } from "../../src/families/metric-family.ts";
import { parsePrometheusText } from "../../src/families/parse-prometheus-text.ts";
import { prometheusName } from "../../src/families/prometheus-name.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";
import { OWN_METRICS } from "../../src/telemetry/own-metrics.ts";
import { runAgent } from "./harness/agent.ts";
import { component } from "./harness/components.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPopulation } from "./harness/population.ts";
import { setUp } from "./harness/set-up.ts";

/** Names that are cAdvisor's (0.53): another one would be no drop-in. */
const EXCUSED: Readonly<Record<string, string>> = {
  cadvisor_version_info: "label names should be written in 'snake_case' not 'camelCase'",
  machine_node_hugepages_count: 'non-histogram and non-summary metrics should not have "_count" suffix',
  machine_thread_siblings_count: 'non-histogram and non-summary metrics should not have "_count" suffix',
};

const { engine } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  return { engine };
});

test("promtool finds nothing wrong with any metric that there is, but for some names of cAdvisor's", () => {
  const complaints = Object.entries(EXCUSED).map(([name, complaint]) => `${name} ${complaint}`);
  assert.deepEqual(checkMetrics(prometheusText([everyFamily()])), complaints.sort());
});

test("promtool finds nothing else wrong with a page of a real engine's containers", async () => {
  const { code, stdout } = await runAgent(["once"], {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
    TALLYMAN_METRICS_GROUPS_SIZE: "true",
  });
  assert.equal(code, 0);
  assert.ok(stdout.includes("container_memory_working_set_bytes{"));
  const complaints = checkMetrics(`${stdout}\n`);
  assert.deepEqual(
    complaints.filter((line) => !Object.entries(EXCUSED).some((excuse) => line === excuse.join(" "))),
    [],
  );
});

test("prometheus_client's OpenMetrics reader, which is strict, takes every metric that there is, in each form of a family", () => {
  const text = [
    "# TYPE job_seconds histogram",
    'job_seconds_bucket{a="1",le="0.5"} 2',
    'job_seconds_bucket{a="1",le="+Inf"} 4',
    'job_seconds_sum{a="1"} 12.5',
    'job_seconds_count{a="1"} 4',
    'job_seconds_bucket{a="2",le="+Inf"} 4',
    "# TYPE job_seconds_created gauge",
    'job_seconds_created{a="1"} 1.7e+09',
    "# TYPE lag summary",
    'lag{quantile="0.99"} 1.5e-07',
    "lag_count 7",
    "any 1",
    "",
  ].join("\n");
  const parsed = parsePrometheusText(text, { startTime: [0, 0], endTime: [1, 0] });
  assert.ok(parsed.ok);
  const families = [...everyFamily(), ...parsed.families];
  const { stdout, stderr } = spawnSync("/usr/bin/python3", ["-c", READ_OPENMETRICS], {
    input: prometheusText([families], "openmetrics"),
    encoding: "utf8",
    env: { PYTHONPATH: component("PYTHON_CLIENT") },
  });
  assert.equal(stderr, "");
  const read = new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string]),
  );
  // The creation times have gone into their histogram.
  assert.equal(read.size, new Set(families.map((family) => prometheusName(family).name)).size - 1);
  assert.deepEqual(
    ["container_cpu_usage_seconds", "container_memory_failcnt", "job_seconds", "lag", "any"].map((name) =>
      read.get(name),
    ),
    ["counter", "gauge", "histogram", "summary", "unknown"],
  );
});

const READ_OPENMETRICS = `
import sys
from prometheus_client.openmetrics.parser import text_fd_to_metric_families
for family in text_fd_to_metric_families(sys.stdin):
    print(family.name, family.type)
`;

function everyFamily(): MetricFamily[] {
  const own = Object.entries(OWN_METRICS).map(([name, metric]) => ({ name, ...metric }));
  return [...ALL_ROWS, ...own].map((row) => {
    const family = metricFamily(row);
    const attributes = labelSet(Object.fromEntries(row.labels.map((label) => [label, "x"])));
    family.dataPoints.push({ attributes, value: 1, startTime: [0, 0], endTime: [1, 0] });
    return family;
  });
}

/** Each complaint once. */
function checkMetrics(text: string): string[] {
  const { stderr, stdout } = spawnSync(component("PROMTOOL"), ["check", "metrics"], { input: text, encoding: "utf8" });
  return [...new Set(`${stdout}${stderr}`.split("\n").filter((line) => line !== ""))].sort();
}
