import assert from "node:assert/strict";
import { test } from "node:test";
import { type SimulatedEngine, startSimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";
import { eventually } from "../../../support/eventually.ts";
import { askBytes } from "./ask-bytes.ts";
import { followLog, textOfFrames } from "./follow-log.ts";

const START_NS = 1_795_236_241_000_000_000n;

for (const { engineVersion, told } of [
  { engineVersion: "20.10.24", told: "later\nlast\n" },
  { engineVersion: "28.5.2", told: "later\nearlier\nlast\n" },
]) {
  test(`${engineVersion} takes "since" over streams whose times are not in order as its release does`, async (t) => {
    const engine = await startSimulatedEngine({ engineVersion });
    t.after(() => engine.close());
    engine.containers.run({ name: "c" });
    engine.containers.print("c", { bytes: "first\n", atNs: START_NS });
    engine.containers.print("c", { stream: "stderr", bytes: "later\n", atNs: START_NS + 10n });
    engine.containers.print("c", { bytes: "earlier\n", atNs: START_NS + 5n });
    engine.containers.print("c", { bytes: "last\n", atNs: START_NS + 11n });
    assert.equal(await logOf(engine, "c", "&since=1795236241.000000010"), told);
  });
}

test("no two lines have the same time, unless they are given it or the engine's clock is set back", async (t) => {
  const nowMs = 1_795_236_241_000;
  const engine = await startSimulatedEngine({ clock: () => nowMs });
  t.after(() => engine.close());
  engine.containers.run({ name: "c" });
  engine.containers.print("c", { bytes: "a\nb\n" });
  engine.containers.print("c", { bytes: "c\nd\n", atNs: START_NS });
  engine.jumpClock(-60_000);
  engine.containers.print("c", { bytes: "e\n" });
  assert.equal(
    await logOf(engine, "c", "&timestamps=1"),
    [
      "2026-11-21T04:44:01.000000000Z a\n",
      "2026-11-21T04:44:01.000000100Z b\n",
      "2026-11-21T04:44:01.000000000Z c\n",
      "2026-11-21T04:44:01.000000000Z d\n",
      "2026-11-21T04:43:01.000000003Z e\n",
    ].join(""),
  );
});

test("a driver with a bound on its files gives up the oldest", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  engine.containers.run({ name: "c", logOptions: { "max-size": "1k", "max-file": "2" } });
  for (let i = 0; i < 100; i++) engine.containers.print("c", { bytes: `line ${String(i).padStart(22, "0")}\n` });
  // A line takes 99 bytes, so that a file is left after 11 of them: one whole file and the last one's line remain.
  const lines = (await logOf(engine, "c")).trimEnd().split("\n");
  assert.equal(lines.length, 12);
  assert.equal(lines.at(-1), `line ${"99".padStart(22, "0")}`);
  const { HostConfig } = JSON.parse((await askBytes(engine, "/containers/c/json")).body.toString());
  assert.deepEqual(HostConfig.LogConfig, { Type: "json-file", Config: { "max-size": "1k", "max-file": "2" } });
});

test("a follow that is slower than the driver's own rotation loses lines without a word", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  engine.containers.run({ name: "c", logOptions: { "max-size": "100k", "max-file": "2" } });
  const follow = await followLog(engine, "c");
  follow.pause();
  const line = `${"x".repeat(999)}\n`;
  for (let i = 0; i < 100; i++) engine.containers.print("c", { bytes: line.repeat(100) });
  engine.containers.exit("c");
  follow.resume();
  await eventually(() => follow.ended);
  assert.equal(follow.ended, "in good order");
  assert.ok(follow.receivedBytes < 10_000 * (8 + line.length));
});

test("a snapshot gives all that was there when it was asked for, also what the driver removes while it is read", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  engine.containers.run({ name: "c", logOptions: { "max-size": "2m", "max-file": "2" } });
  const print = (letter: string) => engine.containers.print("c", { bytes: `${letter.repeat(999)}\n`.repeat(3_000) });
  print("x");
  const snapshot = await followLog(engine, "c", "", { follow: false });
  snapshot.pause();
  print("y");
  print("z");
  snapshot.resume();
  await eventually(() => snapshot.ended);
  assert.equal(snapshot.text, `${"x".repeat(999)}\n`.repeat(3_000));
});

test("a follow reads its file to the end, and then the newest, whatever lies between", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  engine.containers.run({ name: "c", logOptions: { "max-size": "2m", "max-file": "9" } });
  const follow = await followLog(engine, "c");
  follow.pause();
  const line = `${"x".repeat(999)}\n`;
  // A file is left after 1,959 of them.
  for (let i = 0; i < 60; i++) engine.containers.print("c", { bytes: line.repeat(100) });
  engine.containers.exit("c");
  follow.resume();
  await eventually(() => follow.ended);
  assert.equal(follow.text.length, (1_959 + (6_000 - 3 * 1_959)) * line.length);
  assert.equal((await logOf(engine, "c")).length, 6_000 * line.length);
});

async function logOf(engine: SimulatedEngine, name: string, query = ""): Promise<string> {
  return textOfFrames((await askBytes(engine, `/containers/${name}/logs?stdout=1&stderr=1${query}`)).body);
}
