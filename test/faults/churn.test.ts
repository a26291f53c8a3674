import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { ZEROED_STATS } from "../../src/demo/engine/faults.ts";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { residentBytes } from "../agent/harness/memory.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { type Stage, startStage } from "../agent/harness/stage.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { observe } from "./observer.ts";

const STEADY = ["steady-1", "steady-2", "steady-3"];
const CHANGES = 1_200;
const CHANGES_AT_ONCE = 6;

test("hundreds of changes a second, with engine, event stream and endpoint failing meanwhile: every push is true, and the last tells of exactly what runs", async (t) => {
  const stage = await startStage({ receiver: { keptRequests: 50_000 } }, t);
  const { engine, receiver } = stage;
  for (const name of STEADY) engine.containers.run({ name, startedAgoMs: 3_600_000 });
  const observer = observe(stage);
  const agent = stage.start();
  await exportsSince(receiver, 0, 2);
  const random = seeded(20_261_121);
  const faults = troublesOf(stage);
  for (let done = 0; done < CHANGES; done += CHANGES_AT_ONCE) {
    for (let i = 0; i < CHANGES_AT_ONCE; i++) change(engine, random);
    if (random() < 0.1) await oneOf(faults, random)();
    await pause(10);
  }
  engine.faults.clear();
  receiver.faults.clear();
  await engine.up();

  const quietSinceMs = Date.now();
  await exportsSince(receiver, quietSinceMs, 2);
  const arriving = new Set(live(receiver, "container_last_seen").map(({ labels }) => labels.name));
  const running = engine.containers.all().filter(({ status }) => status === "running" || status === "paused");
  assert.deepEqual([...arriving].sort(), running.map(({ name }) => name).sort());
  observer.assertEveryPushTrue({ endsMayBeLate: true });
  assert.equal(agent.ended, undefined);
  assert.ok(residentBytes(agent.pid) < 300 * 2 ** 20);
  assert.deepEqual(
    agent.log().filter(({ level }) => level === "error"),
    [],
  );
});

function change({ containers }: SimulatedEngine, random: () => number) {
  const others = containers.all().filter(({ name }) => !STEADY.includes(name));
  const deed = random();
  if (others.length < 10 || (deed < 0.3 && others.length < 60)) return void containers.run();
  const { id } = oneOf(others, random);
  if (deed < 0.5) containers.stop(id);
  else if (deed < 0.65) containers.start(id);
  else if (deed < 0.75) containers.restart(id);
  else if (deed < 0.85) containers.rename(id, `renamed-${Math.floor(random() * 1e9)}`);
  else containers.remove(id);
}

/** Each lasts for some requests only, or is over at once. */
function troublesOf({ engine, receiver }: Stage) {
  const noise = `${"<<<noise>>>".repeat(1_000)}\n`;
  return [
    () => engine.eventStreams.drop(),
    () => engine.eventStreams.end(),
    () => engine.eventStreams.say(noise.repeat(20)),
    () => engine.eventStreams.hush(),
    () => engine.faults.add({ path: /stats$/, fault: { kind: "delay", delayMs: 60 }, times: 5 }),
    () => engine.faults.add({ path: "/containers/json", fault: { kind: "delay", delayMs: 100 }, times: 1 }),
    () => engine.faults.add({ path: /stats$/, fault: ZEROED_STATS, times: 3 }),
    () => engine.faults.add({ path: /stats$/, fault: { kind: "malformed" }, times: 5 }),
    () => engine.faults.add({ path: /json$/, fault: { kind: "truncate", afterBytes: 50 }, times: 2 }),
    () =>
      engine.faults.add({ path: "/containers/json", fault: { kind: "respond", status: 500, body: "{}" }, times: 1 }),
    () => engine.down().then(() => engine.up()),
    () => receiver.faults.add({ kind: "status", status: 503 }, 2),
    () => receiver.faults.add({ kind: "status", status: 429, retryAfter: "0" }, 1),
    () => receiver.faults.add({ kind: "reset" }, 2),
    () => receiver.faults.add({ kind: "garbage" }, 2),
  ];
}
