import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Rights, type SocketProxy, type SocketProxyOptions, startSocketProxy } from "../support/socket-proxy.ts";
import { arrivals, exportsAfter, exportsSince, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { LogLine, Tallyman } from "./harness/tallyman.ts";

/** What README and compose.example.yml grant beside the proxy's defaults. */
const DOCUMENTED: Rights = { CONTAINERS: true, INFO: true };
const ALL_GROUPS = { TALLYMAN_METRICS_GROUPS_PROCESSES: "true", TALLYMAN_METRICS_GROUPS_SIZE: "true" };

interface Play {
  readonly stage: Stage;
  readonly proxy: SocketProxy;
  readonly agent: Tallyman;
}

describe("Behind a socket proxy", { concurrency: true }, () => {
  test("that grants just what is documented, the agent has all it needs and is refused nothing, with every group on", async (t) => {
    const { stage, proxy, agent } = await startBehindProxy(t, { rights: DOCUMENTED }, ALL_GROUPS);
    const { receiver, engine } = stage;
    await receiver.waitFor(() => live(receiver, "container_processes").length === 1);
    engine.containers.run({ name: "db" });
    engine.containers.remove("web");
    await receiver.waitFor(() => live(receiver, "container_state", { name: "db" }).length === 1);
    await receiver.waitFor(() => live(receiver, "container_state", { name: "web" }).length === 0);
    assert.equal(live(receiver, "machine_memory_bytes")[0]?.value, engine.profile.memoryBytes);
    assert.deepEqual(proxy.refused, []);
    assert.deepEqual(complaints(agent), []);
  });

  const LET_THROUGH = "Engine lets a request through that it forbade";
  const MISSING: readonly { right: string; what: RegExp; goesOn: boolean; isWell: string }[] = [
    { right: "CONTAINERS", what: forbidden("/containers/json", "CONTAINERS=1"), goesOn: false, isWell: LET_THROUGH },
    { right: "INFO", what: forbidden("/info", "INFO=1"), goesOn: true, isWell: LET_THROUGH },
    { right: "VERSION", what: forbidden("/version", "VERSION"), goesOn: true, isWell: LET_THROUGH },
    { right: "EVENTS", what: forbidden("/events", "EVENTS"), goesOn: true, isWell: "Event stream is back" },
    { right: "PING", what: forbidden("/_ping", "PING"), goesOn: false, isWell: "Engine connected" },
  ];
  for (const { right, what, goesOn, isWell } of MISSING) {
    test(`without the right ${right} the agent says so once, ${goesOn ? "goes on without it" : "sends no containers"}, and is well once it is granted`, async (t) => {
      const { stage, proxy, agent } = await startBehindProxy(t, { rights: { ...DOCUMENTED, [right]: false } });
      const { receiver } = stage;
      await exportsSince(receiver, 0, 5);
      const said = complaints(agent);
      assert.equal(said.length, 1, JSON.stringify(said));
      assert.match(String(said[0]?.error), what);
      assert.doesNotMatch(String(said[0]?.error), /<html>/);
      assert.equal(live(receiver, "container_state", { name: "web" }).length, goesOn ? 1 : 0);

      await proxy.down();
      await receiver.waitFor(() => live(receiver, "container_scrape_error")[0]?.value === 1);
      const refusedBefore = proxy.refused.length;
      await proxy.upWith({ [right]: true });
      await eventually(() => agent.log().find(({ message }) => message === isWell), { withinMs: 20_000 });
      await receiver.waitFor(() => live(receiver, "container_state", { name: "web" }).length === 1);
      await receiver.waitFor(() => live(receiver, "machine_cpu_cores").length === 1);
      assert.equal(proxy.refused.length, refusedBefore);
      // That the proxy itself was away for a moment may be said.
      const later = complaints(agent).slice(1);
      assert.ok(
        later.every(({ kind }) => kind === "unreachable"),
        JSON.stringify(later),
      );
    });
  }

  test("that cuts an idle event stream, the agent opens another without a word and misses nothing", async (t) => {
    const { stage, proxy, agent } = await startBehindProxy(t, { rights: DOCUMENTED, idleMs: 400 });
    const { receiver, engine } = stage;
    await eventually(() => proxy.eventStreams >= 3, { withinMs: 20_000 });
    const [next] = await exportsAfter(receiver, () => engine.containers.rename("web", "shop"), 1);
    assert.ok(next?.points.some(({ labels, value }) => labels.name === "shop" && value !== undefined));
    assert.deepEqual(complaints(agent), []);
  });

  test("whose engine is away, that is said once and no stale value is sent, until it is back", async (t) => {
    const { stage, agent } = await startBehindProxy(t, { rights: DOCUMENTED });
    const { receiver, engine } = stage;
    await receiver.waitFor(() => live(receiver, "container_state").length === 1);
    await engine.down();
    await receiver.waitFor(() => live(receiver, "container_scrape_error")[0]?.value === 1);
    await receiver.waitFor(() => live(receiver, "container_state").length === 0);
    const cpuPoints = () => arrivals(receiver, "container_cpu_usage_seconds_total").length;
    const before = cpuPoints();
    await exportsSince(receiver, Date.now(), 3);
    assert.equal(cpuPoints(), before);
    await engine.up();
    await receiver.waitFor(() => live(receiver, "container_state").length === 1, 20_000);
    const kinds = new Set(complaints(agent).map(({ kind }) => kind));
    assert.deepEqual([...kinds], ["unreachable"]);
  });
});

function forbidden(path: string, remedy: string): RegExp {
  return new RegExp(`GET \\S*${path}\\S* of \\S+ was forbidden \\(403\\)\\. .*${remedy}`);
}

async function startBehindProxy(
  t: { after(close: () => Promise<void>): void },
  options: Omit<SocketProxyOptions, "socketPath">,
  env: Readonly<Record<string, string>> = {},
): Promise<Play> {
  const stage = await startStage({}, t);
  stage.engine.containers.run({ name: "web", startedAgoMs: 60_000 });
  const proxy = await startSocketProxy({ ...options, socketPath: stage.engine.socketPath as string });
  t.after(() => proxy.close());
  return { stage, proxy, agent: stage.start({ ...env, TALLYMAN_ENGINE_ADDRESS: proxy.address }) };
}

/** About engine and containers: on a busy machine an export may come too late for these short intervals. */
function complaints(agent: Tallyman): LogLine[] {
  return agent.log().filter(({ level, outlet }) => /^(warn|error)$/.test(level) && outlet === undefined);
}
