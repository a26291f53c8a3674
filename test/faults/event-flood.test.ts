import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { residentBytes } from "../agent/harness/memory.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { complaintsOfEngine, observe } from "./observer.ts";

const CONTAINERS = 20;
const EVENTS_AT_ONCE = 1_000;
const FLOOD_MS = 3_000;
const MAX_GROWTH_BYTES = 60 * 2 ** 20;

test("flood of well-formed events, tens of thousands a second: each container is inspected once a sweep at most, memory stays, every push is true", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  for (let i = 0; i < CONTAINERS; i++) engine.containers.run({ name: `web-${i}`, startedAgoMs: 3_600_000 });
  const observer = observe(stage);
  const agent = stage.start();
  await eventually(() => engine.eventStreams.count === 1);
  await exportsSince(receiver, 0, 3);
  const residentBefore = residentBytes(agent.pid);
  const before = { inspects: inspects(), lists: lists() };

  const random = seeded(3);
  const ids = engine.containers.all().map(({ id }) => id);
  const flood = Array.from({ length: EVENTS_AT_ONCE }, () => `${event(oneOf(ids, random))}\n`).join("");
  const untilMs = performance.now() + FLOOD_MS;
  let events = 0;
  let resident = 0;
  while (performance.now() < untilMs) {
    engine.eventStreams.say(flood);
    events += EVENTS_AT_ONCE;
    resident = Math.max(resident, residentBytes(agent.pid));
    await pause(20);
  }
  const swept = lists() - before.lists;
  const inspected = inspects() - before.inspects;
  t.diagnostic(
    `${events} events, ${swept} sweeps, ${inspected} inspects, ${(resident - residentBefore) >> 20} MiB more`,
  );
  assert.ok(events > 30_000, `${events} events`);
  assert.ok(swept > 1, `${swept} sweeps`);
  assert.ok(inspected <= CONTAINERS * (swept + 1), `${inspected} inspects in ${swept} sweeps`);
  assert.ok(resident - residentBefore < MAX_GROWTH_BYTES, `${resident - residentBefore} bytes more`);

  engine.containers.rename("web-0", "renamed");
  engine.containers.remove("web-1");
  await exportsSince(receiver, Date.now(), 2);
  assert.equal(live(receiver, undefined, { name: "web-1" }).length, 0);
  assert.ok(live(receiver, undefined, { name: "renamed" }).length > 40);
  await eventually(async () => {
    const settled = inspects();
    await exportsSince(receiver, Date.now(), 2);
    return inspects() === settled;
  });
  observer.assertEveryPushTrue();
  assert.deepEqual(complaintsOfEngine(agent), []);

  function inspects() {
    return engine.requests.count(/^\/containers\/[0-9a-f]{64}\/json$/);
  }
  function lists() {
    return engine.requests.count("/containers/json");
  }
});

function event(id: string): string {
  const Actor = { ID: id, Attributes: { image: "busybox:latest", name: "web" } };
  return JSON.stringify({ Type: "container", Action: "update", Actor, scope: "local", time: 1_795_000_000 });
}
