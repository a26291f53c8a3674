import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { arrivals, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

/** How long a stop may take at most. */
const GONE_WITHIN_MS = 5_000;
const HANGING = { kind: "delay", delayMs: Number.POSITIVE_INFINITY } as const;

const PATIENT = { TALLYMAN_OTLP_INTERVAL: "60s", TALLYMAN_OTLP_TIMEOUT: "30s" };

describe("At a signal to end", { concurrency: true }, () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`a last sweep is pushed, every series is ended, and the exit code is 0 (${signal})`, async (t) => {
      // A long interval, so that what arrives is the stop's own.
      const { stage, agent } = await startWith(t, PATIENT);
      const { engine, receiver } = stage;
      const known = live(receiver).map(({ key }) => key);
      const before = arrivals(receiver).length;
      engine.containers.run({ name: "last-minute" });
      await assertEnds(agent, signal);

      const last = arrivals(receiver).slice(before);
      const ofTheLastSweep = last.filter(({ value, labels }) => value !== undefined && labels.name === "last-minute");
      assert.ok(ofTheLastSweep.length > 40, `${ofTheLastSweep.length} series of the container started last`);
      assert.deepEqual(
        live(receiver).map(({ key }) => key),
        [],
      );
      const ended = last.filter(({ value }) => value === undefined).map(({ key }) => key);
      assert.equal(new Set(ended).size, ended.length, "each series is ended once");
      assert.deepEqual(
        known.filter((key) => !ended.includes(key)),
        [],
      );
      assert.equal(agent.log().at(-1)?.message, "Tallyman stopped");
    });
  }

  test("nothing is ended where the settings say so", async (t) => {
    const { stage, agent } = await startWith(t, { TALLYMAN_OTLP_END_SERIES_ON_STOP: "false" });
    await assertEnds(agent, "SIGTERM");
    assert.ok(arrivals(stage.receiver).every(({ value }) => value !== undefined));
  });

  test("it is gone within 5 s although the receiver hangs, however patient the settings are", async (t) => {
    const { stage, agent } = await startWith(t, PATIENT);
    stage.receiver.faults.add(HANGING);
    await assertEnds(agent, "SIGTERM");
  });

  test("it is gone within 5 s although the receiver is down", async (t) => {
    const { stage, agent } = await startWith(t);
    await stage.receiver.down();
    await assertEnds(agent, "SIGTERM");
  });

  test("it is gone within 5 s although the engine hangs, and everything is ended", async (t) => {
    const { stage, agent } = await startWith(t, PATIENT);
    stage.engine.faults.add({ path: /^/, fault: HANGING });
    await assertEnds(agent, "SIGTERM");
    assert.equal(live(stage.receiver).length, 0);
  });

  test("it is gone within 5 s although the engine was never there", async (t) => {
    const stage = await startStage({}, t);
    const agent = stage.start({ TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock" });
    await stage.receiver.waitFor(() => live(stage.receiver, "container_scrape_error")[0]?.value === 1);
    await assertEnds(agent, "SIGTERM");
  });

  test("it is gone although nothing began yet", async (t) => {
    const stage = await startStage({}, t);
    const agent = stage.start();
    await agent.logged("Tallyman started");
    await assertEnds(agent, "SIGTERM");
  });

  test("a second signal ends it at once", async (t) => {
    const { stage, agent } = await startWith(t);
    stage.receiver.faults.add(HANGING);
    stage.engine.faults.add({ path: /^/, fault: HANGING });
    agent.signal("SIGTERM");
    await agent.logged("Tallyman is stopping: a last push, then the end of every series");
    agent.signal("SIGINT");
    await eventually(() => agent.ended);
    assert.equal(agent.ended?.code, 1);
    assert.ok(!agent.log().some(({ message }) => message === "Tallyman stopped"));
  });
});

async function assertEnds(agent: Tallyman, signal: NodeJS.Signals) {
  const { code } = await agent.end(signal, GONE_WITHIN_MS);
  assert.equal(code, 0, agent.stderr.join("\n"));
}

async function startWith(
  t: Parameters<typeof startStage>[1],
  env: Record<string, string> = {},
): Promise<{ stage: Stage; agent: Tallyman }> {
  const stage = await startStage({}, t);
  for (const name of ["web", "db"]) stage.engine.containers.run({ name });
  const agent = stage.start(env);
  // The agent's own counters are the last of an export.
  await stage.receiver.waitFor(() => live(stage.receiver, "tallyman_sweeps_total").length > 0, 15_000);
  return { stage, agent };
}
