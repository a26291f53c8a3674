import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ALL_ROWS } from "../../src/catalogue/rows.ts";
import { labelSet } from "../../src/families/label-set.ts";
import { metricFamily } from "../../src/families/metric-family.ts";
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
  const own = Object.entries(OWN_METRICS).map(([name, metric]) => ({ name, ...metric }));
  const families = [...ALL_ROWS, ...own].map((row) => {
    const family = metricFamily(row);
    const attributes = labelSet(Object.fromEntries(row.labels.map((label) => [label, "x"])));
    family.dataPoints.push({ attributes, value: 1, startTime: [0, 0], endTime: [1, 0] });
    return family;
  });
  const complaints = Object.entries(EXCUSED).map(([name, complaint]) => `${name} ${complaint}`);
  assert.deepEqual(checkMetrics(prometheusText([families])), complaints.sort());
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

/** Each complaint once. */
function checkMetrics(text: string): string[] {
  const { stderr, stdout } = spawnSync(component("PROMTOOL"), ["check", "metrics"], { input: text, encoding: "utf8" });
  return [...new Set(`${stdout}${stderr}`.split("\n").filter((line) => line !== ""))].sort();
}
