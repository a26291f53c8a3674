import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../../src/demo/engine/faults.ts";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { complaintsOfEngine, observe } from "./observer.ts";

const AWAY = "Engine can't be reached, trying again until it is back";
const UNLISTED = "Containers can't be listed: their series end until the engine lists them again";
const UNREAD = "Containers could not be read: their series end until the engine answers for them again";

const NOISE: Fault = { kind: "respond", status: 200, body: "\u0000<<<noise>>>" };
const NEVER: Fault = { kind: "delay", delayMs: Number.POSITIVE_INFINITY };
const STATS = /stats$/;
const ALL = /^/;

interface Trouble {
  /** Begins it, and gives what ends it. */
  readonly begin: (engine: SimulatedEngine) => unknown;
  readonly end?: (engine: SimulatedEngine) => unknown;
  /** What is said of it, once each. */
  readonly said: string | readonly string[];
}

const TROUBLES: Record<string, Trouble> = {
  "is killed and started again": { begin: (engine) => engine.down(), end: (engine) => engine.up(), said: AWAY },
  "never answers (half-open)": {
    begin(engine) {
      engine.eventStreams.hush("all");
      engine.faults.add({ path: ALL, fault: NEVER });
    },
    said: AWAY,
  },
  "answers everything with an error": {
    begin(engine) {
      engine.faults.add({ path: ALL, fault: { kind: "respond", status: 500, body: '{"message":"broken"}' } });
      engine.eventStreams.drop();
    },
    said: [UNLISTED, AWAY],
  },
  "lists garbage": { begin: (engine) => engine.faults.add({ path: "/containers/json", fault: NOISE }), said: UNLISTED },
  "lists without an end": {
    begin: (engine) => engine.faults.add({ path: "/containers/json", fault: { kind: "endless" } }),
    said: UNLISTED,
  },
  "lists things of other types": {
    begin: (engine) =>
      engine.faults.add({ path: "/containers/json", fault: { kind: "respond", status: 200, body: '{"a":[1]}' } }),
    said: UNLISTED,
  },
  "never answers for its containers' numbers": {
    begin: (engine) => engine.faults.add({ path: STATS, fault: NEVER }),
    said: UNREAD,
  },
  "answers with garbage for its containers' numbers": {
    begin: (engine) => engine.faults.add({ path: STATS, fault: NOISE }),
    said: UNREAD,
  },
  "breaks off in the middle of its containers' numbers": {
    begin: (engine) => engine.faults.add({ path: STATS, fault: { kind: "stall", afterBytes: 100 } }),
    said: UNREAD,
  },
  "sends numbers without an end": {
    begin: (engine) => engine.faults.add({ path: STATS, fault: { kind: "endless" } }),
    said: UNREAD,
  },
};

test("engine that fails under a running agent", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  for (const name of ["web", "db"]) engine.containers.run({ name, startedAgoMs: 3_600_000 });
  const observer = observe(stage);
  const agent = stage.start({ TALLYMAN_ENGINE_REQUEST_TIMEOUT: "1s", TALLYMAN_ENGINE_STATS_TIMEOUT: "1s" });
  await exportsSince(receiver, 0, 1);
  const numbers = () => live(receiver, "container_cpu_usage_seconds_total", {}).length;
  for (const [does, { begin, end, said }] of Object.entries(TROUBLES)) {
    await t.test(`engine that ${does}: said once, no push is stale, and all is back within seconds`, async () => {
      await eventually(() => engine.eventStreams.count === 1);
      const complaints = complaintsOfEngine(agent).length;
      await begin(engine);
      await receiver.waitFor(() => numbers() === 0);
      // A container more that can't be read would be news.
      if (said !== UNREAD) replace(engine, "db");
      await exportsSince(receiver, Date.now(), 2);
      assert.equal(numbers(), 0);
      engine.eventStreams.hush()();
      engine.faults.clear();
      await end?.(engine);
      await receiver.waitFor(() => numbers() === 2, 8_000);
      observer.assertEveryPushTrue({ endsMayBeLate: true });
      assert.deepEqual(complaintsOfEngine(agent).slice(complaints).sort(), [said].flat().sort());
    });
  }
  assert.equal(agent.ended, undefined);
});

function replace({ containers }: SimulatedEngine, name: string) {
  containers.remove(name);
  containers.run({ name });
}
