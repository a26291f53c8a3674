import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePrometheusText } from "../../src/families/parse-prometheus-text.ts";
import { pushOnce } from "../../src/outlets/pushgateway/push-once.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { type Agent, isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPushgateway } from "./harness/pushgateway.ts";
import { setUp } from "./harness/set-up.ts";

const SECONDS_LATER = { withinMs: 60_000 };

const { engine, pushgateway, own, hostName } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  for (const name of ["stays", "goes"]) await engine.docker("run", "-d", "--name", name, "bb", "sleep", "1d");
  const { Name: hostName = "" } = await engine.client.info();
  return { engine, pushgateway: own(await startPushgateway()), hostName };
});

const agent = own(startPushing({ TALLYMAN_PUSHGATEWAY_GROUPING_KEY: "site=north/1" }));

test("every container is in the Pushgateway, in a group of the agent's own, whatever its labels' values hold", async () => {
  await eventuallyPasses(async () => assert.deepEqual(await containers(), ["goes", "stays"]), SECONDS_LATER);
  const samples = await pushgateway.samples();
  const groups = new Set(samples.map(({ labels }) => `${labels.job} ${labels.instance} ${labels.site}`));
  assert.deepEqual([...groups], [`tallyman ${hostName} north/1`]);
  const names = new Set(samples.map(({ name }) => name));
  assert.ok(names.has("container_memory_working_set_bytes") && names.has("tallyman_engine_up"));
  assert.deepEqual(agent.log().filter(isComplaint), []);
});

test("a container that was removed is gone with the next push, one that was started has come", async () => {
  await engine.docker("rm", "-f", "goes");
  await engine.docker("run", "-d", "--name", "came", "bb", "sleep", "1d");
  await eventuallyPasses(async () => assert.deepEqual(await containers(), ["came", "stays"]), SECONDS_LATER);
});

test("a Pushgateway that crashes and forgets is told of once, and has everything again when it is back", async () => {
  await pushgateway.crash();
  await eventuallyPasses(() => assert.equal(complaints(agent).length, 1), SECONDS_LATER);
  await pushgateway.start();
  await eventuallyPasses(async () => assert.deepEqual(await containers(), ["came", "stays"]), SECONDS_LATER);
  await agent.logged(({ message }) => message === "Exports arrive again", SECONDS_LATER.withinMs);
  assert.equal(complaints(agent).length, 1, JSON.stringify(complaints(agent)));
});

test("what the Pushgateway refuses is said once, in its own words", async () => {
  await agent.end();
  await forgetAll();
  const other = "# TYPE container_last_seen counter\ncontainer_last_seen 1\n";
  assert.equal((await pushgateway.put("/metrics/job/other", other)).status, 200);
  const refused = own(startPushing({}));
  const complaint = await refused.logged(isComplaint, SECONDS_LATER.withinMs);
  assert.equal(complaint.reason, "HTTP 400");
  assert.match(String(complaint.detail), /container_last_seen/);
  await forgetAll();
  await refused.logged(({ message }) => message === "Exports arrive again", SECONDS_LATER.withinMs);
  const reasons = complaints(refused).map(({ reason }) => reason);
  assert.equal(reasons.filter((reason) => reason === "HTTP 400").length, 1, `${reasons}`);
  await refused.end();
});

test("a clean stop leaves the newest numbers, and with deleteOnExit nothing", async () => {
  await forgetAll();
  const keeps = own(startPushing({ TALLYMAN_PUSHGATEWAY_JOB: "keeps" }));
  const deletes = own(
    startPushing({ TALLYMAN_PUSHGATEWAY_JOB: "deletes", TALLYMAN_PUSHGATEWAY_DELETE_ON_EXIT: "true" }),
  );
  await eventuallyPasses(async () => assert.deepEqual(await jobs(), ["deletes", "keeps"]), SECONDS_LATER);
  for (const one of [keeps, deletes]) assert.equal((await one.stop()).code, 0);
  assert.deepEqual(await jobs(), ["keeps"]);
});

test("histograms, summaries and what is untyped arrive as a program wrote them", async () => {
  const text = [
    "# HELP job_seconds How long.",
    "# TYPE job_seconds histogram",
    'job_seconds_bucket{le="0.5"} 2',
    'job_seconds_bucket{le="1e+06"} 3',
    'job_seconds_bucket{le="+Inf"} 4',
    "job_seconds_sum 12.5",
    "job_seconds_count 4",
    "# TYPE lag summary",
    'lag{quantile="0.99"} 1.5e-07',
    "lag_sum 3",
    "lag_count 7",
    "any 1",
    "",
  ].join("\n");
  const parsed = parsePrometheusText(text, { startTime: [0, 0], endTime: [1, 0] });
  assert.ok(parsed.ok);
  const connection = { address: pushgateway.address, tls: {}, timeoutMs: 30_000 };
  const groupingKey = { job: "program", labels: { target: "core/sw01" } };
  assert.deepEqual(await pushOnce(connection, { groups: [parsed.families], groupingKey }), { ok: true });
  const samples = (await pushgateway.samples()).filter(({ labels }) => labels.job === "program");
  assert.deepEqual(
    samples.map(({ name, labels: { job: _, instance: __, ...labels }, value }) => ({ name, labels, value })),
    [
      { name: "any", labels: { target: "core/sw01" }, value: 1 },
      { name: "job_seconds_bucket", labels: { target: "core/sw01", le: "0.5" }, value: 2 },
      { name: "job_seconds_bucket", labels: { target: "core/sw01", le: "1e+06" }, value: 3 },
      { name: "job_seconds_bucket", labels: { target: "core/sw01", le: "+Inf" }, value: 4 },
      { name: "job_seconds_sum", labels: { target: "core/sw01" }, value: 12.5 },
      { name: "job_seconds_count", labels: { target: "core/sw01" }, value: 4 },
      { name: "lag", labels: { target: "core/sw01", quantile: "0.99" }, value: 1.5e-7 },
      { name: "lag_sum", labels: { target: "core/sw01" }, value: 3 },
      { name: "lag_count", labels: { target: "core/sw01" }, value: 7 },
    ],
  );
});

function startPushing(env: Record<string, string>): Agent {
  return startAgent({
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENABLED: "false",
    TALLYMAN_PUSHGATEWAY_ADDRESS: pushgateway.address,
    TALLYMAN_PUSHGATEWAY_INTERVAL: "2s",
    ...env,
  });
}

async function forgetAll() {
  await pushgateway.crash();
  await pushgateway.start();
}

async function containers(): Promise<string[]> {
  const samples = await pushgateway.samples();
  return samples.flatMap(({ name, labels }) => (name === "container_last_seen" ? [labels.name ?? ""] : [])).sort();
}

async function jobs(): Promise<string[]> {
  return [...new Set((await pushgateway.samples()).map(({ labels }) => labels.job ?? ""))].sort();
}

function complaints(one: Agent) {
  return one.log().filter(isComplaint);
}
