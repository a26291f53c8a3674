import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { type Export, exportsAfter, exportsSince, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

const AWAY = "Engine can't be reached, trying again until it is back";
const STILL_AWAY = "Engine still can't be reached";

describe("tallyman and an engine", { concurrency: true }, () => {
  test("that goes away: it ends every container's series with the next export, and says so once", async (t) => {
    const { stage, agent } = await startWith(t, "web", "db");
    const known = live(stage.receiver).filter(isOfContainer);
    const [next, ...later] = await exportsAfter(stage.receiver, stage.engine.down, 3);
    const ended = next?.points.filter((point) => point.value === undefined && isOfContainer(point)) ?? [];
    assert.deepEqual(ended.map(({ key }) => key).sort(), known.map(({ key }) => key).sort());
    assert.equal(valueIn(next, "tallyman_engine_up"), 0);
    assert.equal(valueIn(next, "container_scrape_error"), 1);
    assert.deepEqual(later.flatMap(({ points }) => points).filter(isOfContainer), []);

    await agent.logged(STILL_AWAY);
    assert.deepEqual(
      complaints(agent).map(({ message }) => message),
      [AWAY],
    );
  });

  test("that comes back as another version: it is read within 3 s", async (t) => {
    const { stage, agent } = await startWith(t, "web");
    const { engine, receiver } = stage;
    const [earlier] = live(receiver, "container_state", { name: "web" });
    await engine.down();
    await agent.logged(AWAY);
    await receiver.waitFor(() => live(receiver, "container_state").length === 0);
    engine.upgrade({ engineVersion: "29.7.0" });
    await engine.up();
    await receiver.waitFor(() => live(receiver, "container_state", { name: "web" }).length === 1, 3_000);
    assert.equal(live(receiver, "container_state", { name: "web" })[0]?.key, earlier?.key);
    await receiver.waitFor(() => live(receiver, "cadvisor_version_info")[0]?.labels.dockerVersion === "29.7.0");
    const again = await agent.logged("Engine found again");
    assert.equal(again.apiVersion, "1.55");
    const [, after] = await exportsSince(receiver, Date.now(), 2);
    assert.deepEqual(
      ["tallyman_engine_up", "container_scrape_error"].map((name) => valueIn(after, name)),
      [1, 0],
    );
    // What happens to containers is noticed again, too.
    engine.containers.update("web", { memoryLimitBytes: 64 * 2 ** 20 });
    await receiver.waitFor(() => live(receiver, "container_spec_memory_limit_bytes")[0]?.value === 64 * 2 ** 20);
  });

  test("that is not there yet at the start: it is waited for, and read within 3 s once it is", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "late-engine-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const { receiver, start } = await startStage({}, t);
    const address = join(folder, "docker.sock");
    const agent = start({ TALLYMAN_ENGINE_ADDRESS: `unix://${address}` });
    const away = await agent.logged(AWAY);
    assert.match(String(away.error), /is the engine running/);
    await receiver.waitFor(() => live(receiver, "tallyman_engine_up")[0]?.value === 0);
    const engine = await startSimulatedEngine({ address });
    t.after(() => engine.close());
    engine.containers.run({ name: "web" });
    await receiver.waitFor(() => live(receiver, "container_state", { name: "web" }).length === 1, 3_000);
    await receiver.waitFor(() => live(receiver, "tallyman_engine_up")[0]?.value === 1);
  });

  test("behind a proxy that forbids everything: that is said once, with the remedy, until the proxy is set right", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    const allow = stage.engine.faults.add({ path: /^/, fault: PROXY_REFUSAL });
    const agent = stage.start({ TALLYMAN_LOG_LEVEL: "debug" });
    const forbidden = await agent.logged(AWAY);
    assert.match(String(forbidden.error), /\(403\).*socket proxy.*CONTAINERS=1/);
    assert.doesNotMatch(String(forbidden.error), /<html>/);
    await agent.logged(STILL_AWAY);
    assert.deepEqual(complaints(agent), [forbidden]);
    allow();
    await stage.receiver.waitFor(() => live(stage.receiver, "container_state").length === 1);
    assert.equal(agent.ended, undefined);
  });

  test("that forbids the list alone: that is said once, with the remedy", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    stage.engine.faults.add({ path: "/containers/json", fault: PROXY_REFUSAL });
    const agent = stage.start();
    await exportsSince(stage.receiver, 0, 4);
    const said = complaints(agent);
    assert.equal(said.length, 1, JSON.stringify(said));
    assert.match(String(said[0]?.error), /\/containers\/json of .* was forbidden \(403\)\..*CONTAINERS=1/);
    assert.equal(live(stage.receiver, "container_scrape_error")[0]?.value, 1);
  });
});

async function startWith(
  t: Parameters<typeof startStage>[1],
  ...names: string[]
): Promise<{ stage: Stage; agent: Tallyman }> {
  const stage = await startStage({}, t);
  for (const name of names) stage.engine.containers.run({ name, nanoCpus: 5e8, startedAgoMs: 3_600_000 });
  const agent = stage.start({ TALLYMAN_LOG_LEVEL: "debug" });
  await exportsSince(stage.receiver, 0, 2);
  return { stage, agent };
}

/** About engine and containers: on a busy machine an export may come too late for these short intervals. */
function complaints(agent: Tallyman) {
  return agent.log().filter(({ level, outlet }) => /^(warn|error)$/.test(level) && outlet === undefined);
}

function isOfContainer({ labels }: { labels: Record<string, unknown> }): boolean {
  return labels.name !== undefined;
}

function valueIn(of: Export | undefined, metric: string): number | undefined {
  return of?.points.find((point) => point.metric === metric)?.value;
}
