import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { exportsAfter, exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { complaintsOfEngine, observe } from "./observer.ts";

const SILENT = "Event stream is silent while containers change: it is opened anew";
const TELLS = "Event stream tells of changes again";

test("event stream that stops silently (half-open) while containers come and go: no push is stale, it is replaced within seconds, said once", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  for (const name of ["stays", "goes", "stops"]) engine.containers.run({ name, startedAgoMs: 3_600_000 });
  const observer = observe(stage);
  const agent = stage.start();
  await eventually(() => engine.eventStreams.count === 1);
  await exportsSince(receiver, 0, 1);
  engine.eventStreams.hush();
  const asked = engine.requests.count("/events");
  const [next] = await exportsAfter(
    receiver,
    () => {
      engine.containers.remove("goes");
      engine.containers.stop("stops");
      engine.containers.run({ name: "comes" });
      engine.containers.restart("stays");
    },
    1,
  );
  const ended = next?.points.filter(({ value, labels }) => value === undefined && labels.name === "goes") ?? [];
  assert.ok(ended.length > 40, `${ended.length} series ended`);
  await agent.logged(SILENT);
  await eventually(() => engine.requests.count("/events") === asked + 1);
  await exportsSince(receiver, Date.now(), 1);
  engine.containers.update("stays", { memoryLimitBytes: 64 * 2 ** 20 });
  await agent.logged(TELLS);
  await receiver.waitFor(
    () => live(receiver, "container_spec_memory_limit_bytes", { name: "stays" })[0]?.value === 64 * 2 ** 20,
  );
  await exportsSince(receiver, Date.now(), 1);
  observer.assertEveryPushTrue();
  assert.deepEqual(complaintsOfEngine(agent), [SILENT]);
  assert.equal(agent.ended, undefined);
});

test("event stream that is silent each time it is opened: said once, asked for seldom, and no push is stale", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "stays", startedAgoMs: 3_600_000 });
  const heal = engine.eventStreams.hush("all");
  const observer = observe(stage);
  const agent = stage.start();
  await exportsSince(receiver, 0, 1);
  await eventually(() => engine.eventStreams.count === 1);
  const stop = keepReplacing(engine);
  t.after(stop);
  await agent.logged(SILENT);
  await eventually(() => engine.requests.count("/events") === 2);
  const lists = () => engine.requests.count("/containers/json");
  const listsBefore = lists();
  while (lists() < listsBefore + 24) {
    engine.containers.restart("stays");
    await exportsSince(receiver, Date.now(), 1);
  }
  assert.equal(engine.requests.count("/events"), 2);
  heal();
  stop();
  await exportsSince(receiver, Date.now(), 1);
  observer.assertEveryPushTrue();
  assert.deepEqual(complaintsOfEngine(agent), [SILENT]);
});

/** One container gives way to the next, so that each list is another than the last. */
function keepReplacing({ containers }: SimulatedEngine): () => void {
  let last = containers.run();
  const timer = setInterval(() => {
    containers.remove(last);
    last = containers.run();
  }, 40);
  return () => clearInterval(timer);
}
