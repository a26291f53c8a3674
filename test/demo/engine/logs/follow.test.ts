import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";
import { eventually } from "../../../support/eventually.ts";
import { askBytes } from "./ask-bytes.ts";
import { followLog, textOfFrames } from "./follow-log.ts";

const engine = await startSimulatedEngine();
after(() => engine.close());
const { containers } = engine;

let names = 0;
function run(options = {}): string {
  const name = `f-${++names}`;
  containers.run({ name, ...options });
  return name;
}

async function wholeLog(name: string, query = "") {
  return textOfFrames((await askBytes(engine, `/containers/${name}/logs?stdout=1&stderr=1${query}`)).body);
}

test("a follow tells what there is, and each line as it comes", async () => {
  const name = run();
  containers.print(name, { bytes: "before\n" });
  const follow = await followLog(engine, name);
  await eventually(() => follow.text === "before\n");
  containers.print(name, { bytes: "after\n", stream: "stderr" });
  await eventually(() => follow.text === "before\nafter\n");
  follow.close();
});

test("a follow of the newest 0 entries tells only what comes", async () => {
  const name = run();
  containers.print(name, { bytes: "before\n" });
  const follow = await followLog(engine, name, "&tail=0");
  containers.print(name, { bytes: "after\n" });
  await eventually(() => follow.text === "after\n");
  follow.close();
});

test("an unended line is told when the container ends", async () => {
  const name = run();
  const follow = await followLog(engine, name);
  containers.print(name, { bytes: "first\nsecond" });
  await eventually(() => follow.text === "first\n");
  containers.exit(name);
  await eventually(() => follow.ended);
  assert.equal(follow.text, "first\nsecond");
});

for (const [how, end] of [
  ["is stopped", (name: string) => containers.stop(name)],
  ["exits", (name: string) => containers.exit(name, 1)],
  ["is restarted", (name: string) => containers.restart(name)],
  ["crashes", (name: string) => containers.crash(name)],
  ["is removed", (name: string) => containers.remove(name)],
] as const) {
  test(`a follow ends in good order, all told, when its container ${how}`, async () => {
    const name = run();
    const follow = await followLog(engine, name);
    const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i}\n`).join("");
    containers.print(name, { bytes: lines });
    end(name);
    if (containers.find(name)?.status === "running") containers.print(name, { bytes: "of the next run\n" });
    await eventually(() => follow.ended);
    assert.equal(follow.ended, "in good order");
    assert.equal(follow.text, lines);
  });
}

test("a follow goes on through a rename and a pause", async () => {
  const name = run();
  const follow = await followLog(engine, name);
  containers.rename(name, `${name}-renamed`);
  containers.pause(`${name}-renamed`);
  containers.unpause(`${name}-renamed`);
  containers.print(`${name}-renamed`, { bytes: "still here\n" });
  await eventually(() => follow.text === "still here\n");
  follow.close();
});

test("a follow of a container that does not run ends with what there is", async () => {
  const name = run();
  containers.print(name, { bytes: "of the first run\n" });
  containers.exit(name);
  const follow = await followLog(engine, name);
  await eventually(() => follow.ended);
  assert.equal(follow.text, "of the first run\n");
});

test("a log goes on over all runs of its container and ends with its removal", async () => {
  const name = run();
  containers.print(name, { bytes: "one\n" });
  containers.restart(name);
  containers.print(name, { bytes: "two\n" });
  assert.equal(await wholeLog(name), "one\ntwo\n");
  containers.remove(name);
  const { status, body } = await askBytes(engine, `/containers/${name}/logs?stdout=1`);
  assert.equal(status, 404);
  assert.deepEqual(JSON.parse(body.toString()), { message: `No such container: ${name}` });
});

test("a reader that stops reading gets no more than sockets hold, and later all the rest", async () => {
  const name = run();
  const follow = await followLog(engine, name);
  follow.pause();
  const toldBefore = engine.logStreams.toldBytes;
  const line = `${"x".repeat(999)}\n`;
  for (let i = 0; i < 200; i++) containers.print(name, { bytes: line.repeat(100) });
  const told = await settled(() => engine.logStreams.toldBytes);
  assert.ok(told - toldBefore < 4_000_000, `${told - toldBefore} of 20,160,000 bytes were told`);
  containers.remove(name);
  follow.resume();
  await eventually(() => follow.ended);
  assert.equal(follow.receivedBytes, 20_000 * (8 + line.length));
});

test("an engine that goes down loses its readers, and has all that was printed meanwhile", async () => {
  const name = run();
  const follow = await followLog(engine, name);
  containers.print(name, { bytes: "before\n" });
  await eventually(() => follow.text === "before\n");
  await engine.down();
  await eventually(() => follow.ended === "lost");
  containers.print(name, { bytes: "meanwhile\n" });
  await engine.up();
  assert.equal(await wholeLog(name), "before\nmeanwhile\n");
});

test("an engine that shuts down in good order ends its readers so", async () => {
  const follow = await followLog(engine, run());
  engine.logStreams.end();
  await eventually(() => follow.ended === "in good order");
});

test("a hushed reader hears nothing more, and its connection stays", async () => {
  const name = run();
  const follow = await followLog(engine, name);
  engine.logStreams.hush();
  containers.print(name, { bytes: "unheard\n" });
  assert.equal(await wholeLog(name), "unheard\n");
  assert.equal(follow.text, "");
  assert.equal(follow.ended, undefined);
  follow.close();
});

for (const [kind, ended] of [
  ["truncate", "lost"],
  ["stall", undefined],
] as const) {
  test(`a ${kind} fault gives so many bytes of the log and then ${ended ? "loses the connection" : "nothing"}`, async () => {
    const name = run();
    containers.print(name, { bytes: "0123456789\n0123456789\n" });
    engine.faults.add({ path: `/containers/${name}/logs`, fault: { kind, afterBytes: 25 }, times: 1 });
    const follow = await followLog(engine, name);
    await eventually(() => follow.receivedBytes === 25 && follow.ended === ended);
    containers.print(name, { bytes: "more\n" });
    assert.match(await wholeLog(name), /more\n$/);
    assert.equal(follow.receivedBytes, 25);
    follow.close();
  });
}

test("a log that is cut before its first byte is lost, too", async () => {
  const name = run();
  containers.print(name, { bytes: "0123456789\n" });
  engine.faults.add({ path: `/containers/${name}/logs`, fault: { kind: "truncate", afterBytes: 0 }, times: 1 });
  const follow = await followLog(engine, name);
  await eventually(() => follow.ended === "lost");
  assert.equal(follow.receivedBytes, 0);
});

/** What a value has become once it stays the same for a while. */
async function settled(value: () => number): Promise<number> {
  let [last, times] = [value(), 0];
  await eventually(() => {
    times = value() === last ? times + 1 : 0;
    last = value();
    return times > 20;
  });
  return last;
}
