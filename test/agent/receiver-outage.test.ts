import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ReceiverFault } from "../../src/demo/receiver/receiver-faults.ts";
import { eventually } from "../support/eventually.ts";
import { expectedAt } from "./harness/expected.ts";
import { arrivals, exportsSince, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { LogLine, Tallyman } from "./harness/tallyman.ts";

const FAIL = "Exports fail, the next ones make good what is missed";
const AGAIN = "Exports arrive again";

const TROUBLES: Record<string, { fault: ReceiverFault; reason: RegExp }> = {
  "answers 503": { fault: { kind: "status", status: 503 }, reason: /^HTTP 503$/ },
  "answers 401": { fault: { kind: "status", status: 401, body: "who are you?" }, reason: /^HTTP 401$/ },
  "breaks off each request": { fault: { kind: "reset" }, reason: /^(ECONNRESET|EPIPE|timeout)$/ },
  "never answers": { fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY }, reason: /^timeout$/ },
};

describe("A receiver", { concurrency: true }, () => {
  for (const [does, { fault, reason }] of Object.entries(TROUBLES)) {
    test(`that ${does} is said once, and gets the end of what ended meanwhile, once, when it accepts again`, async (t) => {
      const { stage, agent } = await startWith(t, "web", "gone");
      const { engine, receiver } = stage;
      const known = live(receiver, undefined, { name: "gone" }).map(({ key }) => key);
      const attempts = receiver.attempts;
      const since = agent.log().length;
      const accept = receiver.faults.add(fault);
      engine.containers.remove("gone");
      const said = await agent.logged(FAIL, { since });
      await eventually(() => receiver.attempts > attempts + 4);
      accept();
      await agent.logged(AGAIN, { since });
      await exportsSince(receiver, Date.now(), 2);

      const ended = arrivals(receiver, undefined, { name: "gone" }).filter(({ value }) => value === undefined);
      assert.deepEqual(ended.map(({ key }) => key).sort(), known.sort());
      assert.equal(live(receiver, undefined, { name: "gone" }).length, 0);
      assert.match(String(said.reason), reason);
      assert.notEqual(said.remedy, "");
      assert.deepEqual(complaints(agent, since), [said]);
    });
  }

  test("that is down is said once; when it is back it gets the engine's own cumulative values and what ended", async (t) => {
    const { stage, agent } = await startWith(t, "web", "gone");
    const { engine, receiver } = stage;
    const cpu = () => live(receiver, "container_cpu_usage_seconds_total", { name: "web" })[0];
    const earlier = cpu();
    const since = agent.log().length;
    await receiver.down();
    engine.containers.remove("gone");
    engine.containers.pause("web");
    await agent.logged(FAIL, { since });
    await receiver.up();
    await agent.logged(AGAIN, { since });
    assert.equal(complaints(agent, since).length, 1);
    const [next] = await exportsSince(receiver, Date.now(), 1);
    const read = expectedAt({ engine, name: "web", nowMs: Date.now() });
    const values = next?.points.filter(({ key }) => key === earlier?.key) ?? [];
    assert.deepEqual(
      values.map(({ value }) => value),
      [read["container_cpu_usage_seconds_total total"]],
    );
    assert.equal(values[0]?.startMs, earlier?.startMs);
    assert.equal(live(receiver, undefined, { name: "gone" }).length, 0);
  });

  test("that answers with noise is said once, and goes on getting everything", async (t) => {
    const { stage, agent } = await startWith(t, "web");
    stage.receiver.faults.add({ kind: "garbage" });
    const [, after] = await exportsSince(stage.receiver, Date.now(), 3);
    assert.ok((after?.points.length ?? 0) > 40);
    assert.equal(agent.ended, undefined);
    const said = agent.log().filter(({ message }) => message.startsWith("The endpoint accepts exports with an answer"));
    assert.equal(said.length, 1, agent.stderr.join("\n"));
  });

  test("that is not there at the start is waited for", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.containers.run({ name: "web" });
    await stage.receiver.down();
    const agent = stage.start();
    await agent.logged(FAIL);
    await stage.receiver.up();
    await stage.receiver.waitFor(() => live(stage.receiver, undefined, { name: "web" }).length > 40);
  });

  test("that is slow gets each export whole all the same", async (t) => {
    const { stage } = await startWith(t, "web");
    stage.receiver.faults.add({ kind: "delay", delayMs: 60 });
    const exports = await exportsSince(stage.receiver, Date.now(), 3);
    assert.equal(new Set(exports.map(({ points }) => points.length)).size, 1);
  });

  test("that is away for long costs no memory, however much comes and goes meanwhile", async (t) => {
    const stage = await startStage({ receiver: { decode: false } }, t);
    const { engine, receiver } = stage;
    const names = Array.from({ length: 150 }, (_, i) => `job-${i}`);
    for (const name of names) engine.containers.run({ name });
    const sweeps = () => engine.requests.count("/containers/json");
    const agent = stage.start({
      TALLYMAN_OTLP_INTERVAL: "150ms",
      TALLYMAN_OTLP_TIMEOUT: "150ms",
      // It needs two thirds of this; one that kept the exports that fail died of it before the fortieth.
      NODE_OPTIONS: "--max-old-space-size=40",
    });
    await receiver.waitFor(() => receiver.accepted > 0, 20_000);
    await receiver.down();
    for (let last = sweeps(), i = 0; i < 60; i++, last = await eventually(() => sweeps() > last && sweeps())) {
      const name = names[i % names.length] as string;
      engine.containers.remove(name);
      engine.containers.run({ name });
    }
    await receiver.up();
    await agent.logged(AGAIN);
    assert.equal(agent.ended, undefined);
  });
});

async function startWith(
  t: Parameters<typeof startStage>[1],
  ...names: string[]
): Promise<{ stage: Stage; agent: Tallyman }> {
  const stage = await startStage({}, t);
  for (const name of names) stage.engine.containers.run({ name, startedAgoMs: 3_600_000 });
  const agent = stage.start();
  await exportsSince(stage.receiver, 0, 1);
  // On a busy machine the first export may have come too late.
  await eventually(() =>
    agent
      .log()
      .findLast(({ outlet }) => outlet === "otlp")
      ?.message.startsWith("Exports arrive"),
  );
  return { stage, agent };
}

/** What was said between `since` and the end of the outage. */
function complaints(agent: Tallyman, since: number): LogLine[] {
  const lines = agent.log().slice(since);
  const end = lines.findIndex(({ message }) => message === AGAIN);
  return lines.slice(0, end).filter(({ level }) => level === "warn" || level === "error");
}
