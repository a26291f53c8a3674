import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { buildAgent } from "../../src/commands/agent.ts";
import { pushingGateway } from "../../src/commands/pushing-gateway.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { SILENT_LOG } from "../../src/telemetry/log.ts";
import { startGatewayDouble } from "../outlets/pushgateway/gateway-double.ts";
import { loaded } from "../settings/load-from.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";

const GENEROUS = { withinMs: 30_000 };

test("without an address nothing is pushed", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  const { settings } = loaded({ env: { TALLYMAN_ENGINE_ADDRESS: engine.address } });
  const agent = buildAgent(settings, SILENT_LOG);
  t.after(() => agent.engine.close());
  assert.equal(pushingGateway(agent, settings), undefined);
});

test("the group is of the engine's host, and holds its containers", async (t) => {
  const { gateway, engine, containers } = await start(t);
  await eventually(() => containers().length === 1, GENEROUS);
  const [path] = gateway.groups.keys();
  assert.equal(path, `/metrics/job/tallyman/instance/${engine.profile.hostName}/site/north`);
});

test("instance may be left out, or another one", async (t) => {
  const { gateway } = await start(t, { groupingKey: '{ instance: "" }' });
  await eventually(() => gateway.groups.has("/metrics/job/tallyman"), GENEROUS);
  const { gateway: other } = await start(t, { groupingKey: '{ instance: "mine" }' });
  await eventually(() => other.groups.has("/metrics/job/tallyman/instance/mine"), GENEROUS);
});

test("while the engine is away the group holds no container and says so; once it is back they are there again", async (t) => {
  const { engine, containers, samples, pushing } = await start(t, { interval: "200ms" });
  await eventually(() => containers().length === 1, GENEROUS);
  await engine.down();
  await eventually(() => containers().length === 0, GENEROUS);
  assert.equal(samples().find(({ name }) => name === "container_scrape_error")?.value, 1);
  await engine.up();
  await eventually(() => containers().length === 1, GENEROUS);
  assert.match(pushing.text, /Pushgateway at http:\/\/127\.0\.0\.1:\d+\/, every 0\.2 s/);
});

async function start(t: TestContext, { interval = "1h", groupingKey = '{ site: "north" }' } = {}) {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  engine.containers.run({ name: "web" });
  const gateway = await startGatewayDouble(t);
  const { settings } = loaded({
    file: `{
      engine: { address: "${engine.address}" },
      http: { maxAge: 0 },
      pushgateway: { address: "${gateway.address}", interval: "${interval}", groupingKey: ${groupingKey} },
    }`,
  });
  const agent = buildAgent(settings, SILENT_LOG);
  t.after(() => agent.engine.close());
  const pushing = pushingGateway(agent, settings);
  assert.ok(pushing);
  t.after(() => pushing.stop());
  pushing.start();
  const samples = () => parseExposition([...gateway.groups.values()][0] ?? "");
  const containers = () => samples().filter(({ name }) => name === "container_last_seen");
  return { engine, gateway, pushing, samples, containers };
}
