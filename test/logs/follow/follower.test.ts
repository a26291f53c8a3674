import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { SimulatedEngineOptions } from "../../../src/demo/engine/simulated-engine.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { framed, frameOf, timeAt } from "../log-bytes.ts";
import { type Stage, startStage, texts } from "./stage.ts";

async function onStage(work: (stage: Stage) => Promise<void>, options: SimulatedEngineOptions = {}) {
  const stage = await startStage(options);
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

function print({ containers }: Stage, id: string, ...lines: string[]) {
  for (const line of lines) containers.print(id, { bytes: line });
}

test("what is there is taken, then each line as it comes, and the rest when the container ends", () =>
  onStage(async (stage) => {
    const id = stage.containers.run({ name: "web" });
    const taken: LogLine[] = [];
    print(stage, id, "one\n", "two\n");
    const { end } = stage.follow(id, taken);
    await eventually(() => taken.length === 2);
    print(stage, id, "three\n", "unended");
    await eventually(() => taken.length === 3);
    stage.containers.stop(id);
    assert.deepEqual(await end, { kind: "ended" });
    assert.deepEqual(texts(taken), ["one", "two", "three", "unended"]);
  }));

test("a follower goes on where the one before it was stopped", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    print(stage, id, "one\n", "two\n");
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 2);
    assert.deepEqual(await first.stop(), { kind: "stopped" });
    print(stage, id, "three\n");
    stage.containers.restart(id);
    print(stage, id, "four\n");
    const second = stage.follow(id, taken);
    await eventually(() => taken.length === 4);
    await second.stop();
    assert.deepEqual(texts(taken), ["one", "two", "three", "four"]);
  }));

test("of a long log no more than the end is asked for", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    for (let number = 0; number < 20_000; number++) print(stage, id, `line ${number}\n`);
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 20_000);
    await first.stop();
    const toldBytes = stage.logStreams.toldBytes;
    print(stage, id, "last\n");
    const second = stage.follow(id, taken);
    await eventually(() => taken.length === 20_001);
    await second.stop();
    assert.ok(stage.logStreams.toldBytes - toldBytes < 0.2 * toldBytes);
    const tails = stage.requests.entries.map(({ url }) => /tail=(\w+)/.exec(url)?.[1]).filter(Boolean);
    assert.ok(tails.length > 1 && !tails.slice(1).includes("all"), tails.join(" "));
  }));

test("a log that is new is read whole once; what came meanwhile is looked for at its end", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    for (let number = 0; number < 40_000; number++) print(stage, id, `line ${number}\n`);
    stage.containers.stop(id);
    assert.deepEqual(await stage.follow(id, taken).end, { kind: "ended" });
    const tails = stage.requests.entries.map(({ url }) => /tail=(\w+)/.exec(url)?.[1]).filter(Boolean);
    assert.deepEqual(tails.slice(0, 2), ["all", "1000"]);
    assert.equal(tails.filter((tail) => tail === "all").length, 1, tails.join(" "));
  }));

test("a log that does not rotate is followed from its beginning, so that what is printed meanwhile is read once", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    print(stage, id, "one\n", "two\n");
    const { end } = stage.follow(id, taken);
    await eventually(() => taken.length === 2);
    for (let number = 0; number < 100; number++) print(stage, id, `line ${number}\n`);
    await eventually(() => taken.length === 102);
    stage.containers.stop(id);
    assert.deepEqual(await end, { kind: "ended" });
    const asked = stage.requests.entries.filter(({ url }) => url.includes("/logs?")).map(({ url }) => url);
    assert.match(asked[0] ?? "", /follow=1&tail=all/);
    assert.equal(asked.filter((url) => url.includes("tail=all")).length, 1, asked.join(" "));
  }));

test("a container that never said anything is followed by one request, however long it is silent", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const searchPatienceMs = 2;
    const following = stage.follow(id, taken, { searchPatienceMs });
    await eventually(() => stage.requests.entries.at(-1)?.url.includes("follow=1"));
    await wait(50 * searchPatienceMs);
    print(stage, id, "one\n");
    await eventually(() => taken.length === 1);
    await following.stop();
    assert.equal(stage.requests.entries.filter(({ url }) => url.includes("follow=1")).length, 1);
  }));

test("a position that is not in the end of the log is looked for further back", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    for (let number = 0; number < 100; number++) print(stage, id, `line ${number}\n`);
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 100);
    await first.stop();
    for (let number = 100; number < 5_000; number++) print(stage, id, `line ${number}\n`);
    const second = stage.follow(id, taken);
    await eventually(() => taken.length === 5_000);
    await second.stop();
    assert.deepEqual(
      texts(taken),
      Array.from({ length: 5_000 }, (_, number) => `line ${number}`),
    );
    assert.deepEqual(stage.telemetry.aloud(), []);
  }));

test("lines that the engine rotated away are said to be gone, once, and what is left is taken", () =>
  onStage(async (stage) => {
    const id = stage.containers.run({ logOptions: { "max-size": "10k", "max-file": "2" } });
    const taken: LogLine[] = [];
    print(stage, id, "first\n");
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 1);
    await first.stop();
    for (let number = 0; number < 2_000; number++) print(stage, id, `line ${number}\n`);
    const second = stage.follow(id, taken);
    await eventually(() => texts(taken).at(-1) === "line 1999");
    await stage.untilFollowed(id, taken);
    stage.logStreams.drop();
    print(stage, id, "more\n");
    await eventually(() => texts(taken).at(-1) === "more");
    await second.stop();
    assert.equal(new Set(texts(taken)).size, taken.length);
    assert.deepEqual(stage.telemetry.aloud(), ["warn: Lines of a container's log were gone before they could be read"]);
    assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
  }));

test("a container that is removed while it is followed leaves nothing behind", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const { end } = stage.follow(id, taken);
    print(stage, id, "one\n", "two\n");
    await stage.untilFollowed(id, taken);
    print(stage, id, "x".repeat(16_384), "last");
    stage.containers.remove(id);
    assert.deepEqual(await end, { kind: "removed" });
    assert.deepEqual(
      taken.map(({ bytes }) => bytes.length),
      [3, 3, 8, 16_388],
    );
  }));

test("a line under way is whole in spite of an engine that shuts down in its middle", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const { stop } = stage.follow(id, taken);
    print(stage, id, "one\n", "two\n");
    await stage.untilFollowed(id, taken);
    print(stage, id, "x".repeat(20_000));
    stage.logStreams.end();
    await eventually(() => (stage.telemetry.counted().tallyman_log_reconnects_total ?? 0) > 0);
    print(stage, id, "end\n");
    await eventually(() => taken.length === 4);
    await stop();
    assert.deepEqual(
      taken.map(({ bytes }) => bytes.length),
      [3, 3, 8, 20_003],
    );
  }));

for (const driver of ["none", "syslog"])
  test(`the driver ${driver} can't be read, which ends the following`, () =>
    onStage(async (stage) => {
      const id = stage.containers.run({ logDriver: driver });
      const end = await stage.follow(id, []).end;
      assert.equal(end.kind, "unreadable");
    }));

test("an engine that is away is waited for", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const { stop } = stage.follow(id, taken);
    print(stage, id, "one\n");
    await eventually(() => taken.length === 1);
    await stage.down();
    print(stage, id, "two\n");
    await eventually(() => (stage.telemetry.counted()["tallyman_log_stream_errors_total{kind=unreachable}"] ?? 0) > 1);
    await stage.up();
    print(stage, id, "three\n");
    await eventually(() => taken.length === 3);
    await stop();
    assert.deepEqual(texts(taken), ["one", "two", "three"]);
  }));

test("as long as lines are not written, the engine waits", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const line = `${"x".repeat(999)}\n`;
    for (let number = 0; number < 20_000; number++) print(stage, id, line);
    const onLines = async (lines: readonly LogLine[]) => {
      taken.push(...lines);
      await held;
    };
    const { stop } = stage.follow(id, taken, { onLines });
    await eventually(() => taken.length > 0);
    const before = stage.logStreams.toldBytes;
    await eventually(() => stage.logStreams.toldBytes === before);
    assert.ok(taken.length < 500, `${taken.length} lines given at once`);
    assert.ok(stage.logStreams.toldBytes < 4 * 1024 * 1024, `${stage.logStreams.toldBytes} bytes told`);
    release();
    await eventually(() => taken.length === 20_000);
    await stop();
  }));

test("what the writing rejects with ends the following", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    print(stage, id, "one\n");
    const onLines = () => Promise.reject(new Error("closed"));
    await assert.rejects(stage.follow(id, [], { onLines }).end, /^Error: closed$/);
    await eventually(() => stage.logStreams.count === 0);
  }));

test("a clock that is set back loses nothing and doubles nothing", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const first = stage.follow(id, taken);
    print(stage, id, "one\n", "two\n");
    await eventually(() => taken.length === 2);
    await first.stop();
    stage.jumpClock(-3_600_000);
    print(stage, id, "three\n");
    const second = stage.follow(id, taken);
    await eventually(() => taken.length === 3);
    print(stage, id, "four\n");
    await stage.untilFollowed(id, taken);
    stage.logStreams.drop();
    print(stage, id, "five\n");
    await eventually(() => taken.length === 6);
    await second.stop();
    assert.deepEqual(texts(taken), ["one", "two", "three", "four", "followed", "five"]);
    assert.deepEqual(stage.telemetry.aloud(), []);
  }));

test("what a container wrote last is taken at its end, also when it is as long as a piece of a line", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const { end } = stage.follow(id, taken);
    print(stage, id, "one\n", "two\n");
    await stage.untilFollowed(id, taken);
    print(stage, id, "x".repeat(16_384));
    stage.containers.stop(id);
    assert.deepEqual(await end, { kind: "ended" });
    assert.deepEqual(
      taken.map(({ bytes }) => bytes.length),
      [3, 3, 8, 16_384],
    );
    stage.containers.start(id);
    const next = stage.follow(id, taken);
    print(stage, id, "three\n");
    await eventually(() => taken.length === 5);
    await next.stop();
    assert.equal(texts(taken).at(-1), "three");
  }));

test("of a container that does not run nothing is followed", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    print(stage, id, "one\n", "two");
    stage.containers.stop(id);
    assert.deepEqual(await stage.follow(id, taken, { isRunning: false }).end, { kind: "ended" });
    assert.deepEqual(texts(taken), ["one", "two"]);
    assert.deepEqual(
      stage.requests.entries.filter(({ url }) => url.includes("follow=1")),
      [],
    );
  }));

test("a container that was started meanwhile is followed", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const { stop } = stage.follow(id, taken, { isRunning: false });
    print(stage, id, "one\n", "two\n");
    await stage.untilFollowed(id, taken);
    await stop();
    assert.deepEqual(texts(taken), ["one", "two", "followed"]);
  }));

const ROTATING = { "max-size": "1m", "max-file": "3" };

test("before 24, a log that rotates and comes fast is read in snapshots, which the engine's rotation does not tear", () =>
  onStage(
    async (stage) => {
      const id = stage.containers.run({ logOptions: ROTATING });
      const taken: LogLine[] = [];
      const { stop } = stage.follow(id, taken, { rotation: { isOpenedAhead: false } });
      print(stage, id, "one\n", "two\n");
      await stage.untilFollowed(id, taken);
      const asked = stage.requests.entries.length;
      const lines = Array.from({ length: 5_000 }, (_, number) => `${number} ${"x".repeat(100)}`);
      print(stage, id, ...lines.map((line) => `${line}\n`));
      await eventually(() => taken.length === 5_003);
      await eventually(() => stage.requests.entries.at(-1)?.url.includes("follow=1"));
      assert.ok(stage.requests.entries.slice(asked).some(({ url }) => url.includes("follow=0")));
      await stop();
      assert.deepEqual(texts(taken).slice(3), lines);
      assert.deepEqual(stage.telemetry.counted(), {});
    },
    { engineVersion: "20.10.24" },
  ));

test("a follow that an engine before 24 forgot at a rotation is begun anew", () =>
  onStage(
    async (stage) => {
      const id = stage.containers.run({ logOptions: ROTATING });
      const taken: LogLine[] = [];
      const { stop } = stage.follow(id, taken, { rotation: { isOpenedAhead: false }, maxSilenceMs: 50 });
      print(stage, id, "one\n", "two\n");
      await stage.untilFollowed(id, taken);
      stage.logStreams.hush();
      print(stage, id, "three\n");
      await eventually(() => taken.length === 4);
      await stop();
      assert.deepEqual(texts(taken), ["one", "two", "followed", "three"]);
      assert.deepEqual(stage.telemetry.counted(), {});
    },
    { engineVersion: "20.10.24" },
  ));

test("entries without a time are counted", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    stage.containers.stop(id);
    const body = Buffer.concat([frameOf({ time: timeAt(1), text: "one" }), framed(1, "garbage\n")]).toString();
    stage.faults.add({ path: /\/logs$/, fault: { kind: "respond", status: 200, body }, times: 1 });
    const taken: LogLine[] = [];
    assert.deepEqual(await stage.follow(id, taken, { isRunning: false }).end, { kind: "ended" });
    assert.deepEqual(texts(taken), ["one", "garbage"]);
    assert.equal(stage.telemetry.counted()["tallyman_log_stream_errors_total{kind=malformed}"], 1);
  }));

test("a log that was asked for already is not asked for again, and is read to its end though its container is gone", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    const opened = stage.engine.containerLogs({ id, follow: true, tail: "all", signal: new AbortController().signal });
    await opened;
    print(stage, id, "one\n", "two");
    stage.containers.remove(id);
    assert.deepEqual(await stage.follow(id, taken, { isNew: true, opened }).end, { kind: "removed" });
    assert.deepEqual(texts(taken), ["one", "two"]);
    assert.equal(stage.requests.count(/\/logs$/), 1);
  }));

test("a log that was asked for in vain, since something is held of it, is let go of", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    const taken: LogLine[] = [];
    print(stage, id, "one\n");
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 1);
    await first.stop();
    const opened = stage.engine.containerLogs({ id, follow: true, tail: "all", signal: new AbortController().signal });
    await opened;
    const second = stage.follow(id, taken, { isNew: true, opened });
    await stage.untilFollowed(id, taken);
    await eventually(() => stage.logStreams.count === 1);
    await second.stop();
    assert.deepEqual(texts(taken), ["one", "followed"]);
  }));

test("of a container that was gone before its log could be had, that is told", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    print(stage, id, "one\n");
    stage.containers.remove(id);
    assert.deepEqual(await stage.follow(id, [], { isNew: true }).end, { kind: "missed" });
  }));
