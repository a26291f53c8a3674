import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { buildAgent } from "../../src/commands/agent.ts";
import { metricsRoute } from "../../src/commands/metrics-route.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import type { DoorAnswer } from "../../src/http/route.ts";
import { SILENT_LOG } from "../../src/telemetry/log.ts";
import { loaded } from "../settings/load-from.ts";
import { parseExposition } from "../support/exposition.ts";

test("a scrape finds every container, and no error", async (t) => {
  const { scrape } = await start(t);
  const samples = await scrape();
  const names = samples.filter(({ name }) => name === "container_last_seen").map(({ labels }) => labels.name);
  assert.deepEqual(names.sort(), ["db", "web"]);
  assert.equal(numberOf(samples, "container_scrape_error"), 0);
  assert.equal(numberOf(samples, "tallyman_engine_up"), 1);
});

test("a scrape while the engine is away finds no container, the agent itself, and that the engine is away", async (t) => {
  const { scrape, engine } = await start(t);
  await scrape();
  await engine.down();
  const samples = await scrape();
  assert.deepEqual(
    samples.filter(({ name, labels }) => name.startsWith("container_") && labels.name !== undefined),
    [],
  );
  assert.equal(numberOf(samples, "container_scrape_error"), 1);
  assert.equal(numberOf(samples, "tallyman_engine_up"), 0);
  assert.ok(samples.some(({ name }) => name === "tallyman_build_info"));
});

test("a scrape that can't wait for an engine that hangs is answered in its time, as one while the engine is away", async (t) => {
  const { route, scrape, engine } = await start(t);
  await scrape();
  engine.faults.add({ path: "/containers/json", fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
  const samples = parseExposition(textOf(await route.answer(request("text/plain", "0.05"))));
  assert.equal(numberOf(samples, "container_scrape_error"), 1);
  assert.equal(numberOf(samples, "tallyman_engine_up"), 0);
  assert.ok(!samples.some(({ name }) => name === "container_last_seen"));
});

test("a hundred scrapes of an engine that is slow cost one sweep", async (t) => {
  const { route, engine } = await start(t, 3_600_000);
  const slow = { kind: "delay", delayMs: 300 } as const;
  engine.faults.add({ path: /^\/containers\/[^/]+\/stats/, fault: slow });
  const answers = await Promise.all(Array.from({ length: 100 }, () => route.answer(request("text/plain"))));
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  assert.equal(engine.requests.count("/containers/json"), 1);
});

test("both forms say the same", async (t) => {
  const { route } = await start(t, 3_600_000);
  const text = textOf(await route.answer(request("text/plain")));
  const open = textOf(await route.answer(request("application/openmetrics-text")));
  assert.deepEqual(parseExposition(withoutHeads(open)), parseExposition(withoutHeads(text)));
  assert.ok(open.endsWith("\n# EOF\n"));
});

async function start(t: TestContext, maxAgeMs = 0) {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  for (const name of ["web", "db"]) engine.containers.run({ name });
  const { settings } = loaded({ env: { TALLYMAN_ENGINE_ADDRESS: engine.address } });
  const agent = buildAgent(settings, SILENT_LOG);
  t.after(() => agent.engine.close());
  const route = metricsRoute(agent, { maxAgeMs });
  return { engine, route, scrape: async () => parseExposition(textOf(await route.answer(request("text/plain")))) };
}

function request(accept: string, timeoutSeconds?: string) {
  const { signal } = new AbortController();
  const headers = { accept, "x-prometheus-scrape-timeout-seconds": timeoutSeconds };
  return { method: "GET", path: "/metrics", query: "", headers, signal } as const;
}

function textOf({ status, body }: DoorAnswer): string {
  assert.equal(status, 200);
  return Buffer.from(body as Uint8Array).toString("utf8");
}

function numberOf(samples: ReturnType<typeof parseExposition>, name: string) {
  return samples.find((sample) => sample.name === name)?.value;
}

function withoutHeads(text: string) {
  return text.replace(/^#.*\n/gm, "");
}
