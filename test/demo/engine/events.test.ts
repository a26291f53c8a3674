import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { eventually } from "../../support/eventually.ts";
import { ask } from "./ask.ts";
import { tailEvents } from "./event-tail.ts";

let nowMs = 1_795_236_241_768;
const engine = await startSimulatedEngine({ clock: () => nowMs });
after(() => engine.close());

/** The actions told of while `act` ran, on a stream of containers alone. */
async function actionsOf(act: () => void): Promise<string[]> {
  const tail = await tailEvents(engine, filters({ type: ["container"] }));
  act();
  // The end of the stream comes after all that was said on it.
  engine.eventStreams.end();
  await eventually(() => tail.ended);
  return tail.events.map(({ Action }) => Action);
}

function filters(value: object): string {
  return `?filters=${encodeURIComponent(JSON.stringify(value))}`;
}

let names = 0;
function run(options = {}): string {
  return engine.containers.run({ name: `e-${++names}`, image: "bb", labels: { team: "core" }, ...options });
}

for (const [what, act, actions] of [
  ["run", () => run(), ["create", "start"]],
  ["stop", (id: string) => engine.containers.stop(id), ["kill", "die", "stop"]],
  ["restart", (id: string) => engine.containers.restart(id), ["kill", "die", "stop", "start", "restart"]],
  ["exit", (id: string) => engine.containers.exit(id, 3), ["die"]],
  ["crash", (id: string) => engine.containers.crash(id), ["die", "start"]],
  ["crashAndWait", (id: string) => engine.containers.crashAndWait(id), ["die"]],
  ["pause", (id: string) => engine.containers.pause(id), ["pause"]],
  ["unpause", (id: string) => engine.containers.unpause(id), ["unpause"]],
  ["rename", (id: string) => engine.containers.rename(id, "renamed"), ["rename"]],
  ["update", (id: string) => engine.containers.update(id, { memoryLimitBytes: 1 }), ["update"]],
  ["oom", (id: string) => engine.containers.oom(id), ["oom"]],
  ["setHealth", (id: string) => engine.containers.setHealth(id, "healthy"), ["health_status: healthy"]],
  ["remove", (id: string) => engine.containers.remove(id), ["kill", "die", "destroy"]],
] as const) {
  test(`${what} is told as ${actions.join(", ")}`, async () => {
    const id = run();
    assert.deepEqual(await actionsOf(() => act(id)), actions);
  });
}

test("an event has the recording's fields, with those of before API 1.22 below 1.52 only", async () => {
  const old = await tailEvents(engine, filters({ type: ["container"], event: ["die"] }), "/v1.51");
  const id = run({ name: "told" });
  nowMs += 25_000;
  engine.containers.exit(id, 137);
  const [event] = await eventually(() => old.events.length > 0 && old.events);
  old.close();
  const attributes = { team: "core", execDuration: "25", exitCode: "137", image: "bb", name: "told" };
  const { time, timeNano, ...fields } = event;
  assert.deepEqual(fields, {
    status: "die",
    id,
    from: "bb",
    Type: "container",
    Action: "die",
    Actor: { ID: id, Attributes: attributes },
    scope: "local",
  });
  assert.equal(old.contentType, "application/json");
  assert.equal(time, 1_795_236_266);
  assert.equal(Math.floor(timeNano / 1e9), time);

  const engine29 = await startSimulatedEngine({ engineVersion: "29.7.2" });
  const tail = await tailEvents(engine29, filters({ event: ["create"] }));
  engine29.containers.run();
  const [newer] = await eventually(() => tail.events.length > 0 && tail.events);
  assert.deepEqual(Object.keys(newer), ["Type", "Action", "Actor", "scope", "time", "timeNano"]);
  assert.equal(tail.contentType, "application/jsonl");
  await engine29.close();
});

test("timeNano has all its digits and is never the same twice", async () => {
  const told = await ask(engine, `/events?since=0&until=${Math.ceil(nowMs / 1000)}`);
  const times = [...told.text.matchAll(/"timeNano":(\d+)\}/g)].map(([, digits]) => BigInt(digits as string));
  assert.ok(times.length > 10);
  assert.ok(times.every((time, i) => String(time).length === 19 && (i === 0 || time > (times[i - 1] as bigint))));
});

test("networks are told of too, to those who ask", async () => {
  const tail = await tailEvents(engine, filters({ type: { network: true } }));
  run({ networks: ["front", "back"] });
  const events = await eventually(() => tail.events.length === 2 && tail.events);
  tail.close();
  assert.deepEqual(
    events.map(({ Type, Action, Actor }) => [Type, Action, Actor.Attributes.name]),
    [
      ["network", "connect", "front"],
      ["network", "connect", "back"],
    ],
  );
});

test("since and until are inclusive to the nanosecond, and until in the past ends the stream", async () => {
  nowMs += 60_000;
  const id = run();
  nowMs += 60_000;
  const all = await ask(engine, `/events?since=0&until=${nowMs / 1000}`);
  const digits = [...all.text.matchAll(new RegExp(`"${id}".*"timeNano":(\\d+)`, "g"))].map(
    ([, time]) => time as string,
  );
  const last = `${digits.at(-1)?.slice(0, 10)}.${digits.at(-1)?.slice(10)}`;
  const only = await ask(engine, `/events?since=${last}&until=${last}`);
  assert.equal(only.text.trim().split("\n").length, 1);
  assert.match(only.text, /"Action":"start"/);
});

test("the engine remembers 256 events, and none once it was down", async () => {
  for (let i = 0; i < 300; i++) run();
  const query = `/events?since=0&until=${Math.ceil(nowMs / 1000)}`;
  assert.equal((await ask(engine, query)).text.trim().split("\n").length, 256);
  await engine.down();
  await engine.up();
  assert.equal((await ask(engine, query)).text, "");
});

test("a stream can end in good order, be lost, or carry noise", async () => {
  const [ended, lost] = [await tailEvents(engine), await tailEvents(engine)];
  engine.eventStreams.say("<<noise>>\n");
  engine.eventStreams.end();
  await eventually(() => ended.ended);
  assert.deepEqual([ended.ended, ended.events], ["in good order", ["<<noise>>"]]);
  assert.equal(lost.ended, "in good order");

  const dropped = await tailEvents(engine);
  engine.eventStreams.drop();
  await eventually(() => dropped.ended);
  assert.equal(dropped.ended, "lost");
});

test("who went away is written to no more", async () => {
  const tail = await tailEvents(engine);
  assert.equal(engine.eventStreams.count, 1);
  tail.close();
  await eventually(() => engine.eventStreams.count === 0);
});
