import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { EngineError } from "../../../src/engine/engine.ts";
import { eventually } from "../../support/eventually.ts";
import { line } from "../kept/lines-of.ts";
import { container, ID } from "./containers.ts";
import { pumpStage } from "./pump-stage.ts";

const OTHER = "ba9876543210".padEnd(64, "0");
const ENDED = { kind: "ended" } as const;

type Stage = ReturnType<typeof pumpStage>;

async function withPump(work: (stage: Stage) => Promise<void>, options = {}) {
  const stage = pumpStage(options);
  stage.pump.start();
  try {
    await work(stage);
  } finally {
    await stage.pump.stop();
  }
}

/** Waits for the so-manieth following. */
function following(stage: Stage, number: number) {
  return eventually(() => stage.followings[number - 1]);
}

/** Made a moment ago; no list has it. */
async function isNewOf(stage: Stage, one: Parameters<Stage["news"]>[1]) {
  stage.has();
  await eventually(() => stage.told.length > 0);
  const made = { ...one, inspect: { ...one.inspect, State: { StartedAt: "0001-01-01T00:00:00Z" } } };
  stage.news("created", made);
}

describe("the log pump", () => {
  test("follows what is there from the position of its files, and counts a line once it is written", () =>
    withPump(async (stage) => {
      stage.has(container(), container({ id: OTHER, name: "db" }));
      const first = await following(stage, 1);
      await following(stage, 2);
      assert.deepEqual(stage.followings.map(({ name }) => name).sort(), ["db", "web"]);
      assert.equal((first.position as { count: number }).count, 0);
      await first.lines([line(1, "a"), line(2, "b")]);
      assert.deepEqual(stage.written, ["01 a", "01 b"]);
      assert.deepEqual(stage.heard, ["web a", "web b"]);
    }));

  test("reads a container that lives for a moment, which no list shows", () =>
    withPump(async (stage) => {
      stage.has();
      await eventually(() => stage.told.length > 0);
      stage.news("started", container({ running: false }));
      const { name, lines, end } = await following(stage, 1);
      await lines([line(1, "that was it")]);
      end({ kind: "removed" });
      assert.deepEqual([name, stage.written], ["web", ["01 that was it"]]);
    }));

  test("asks for the log of a container that was never seen, with nothing in front of it", () =>
    withPump(
      async (stage) => {
        stage.has();
        await eventually(() => stage.told.length > 0);
        stage.news("started", container());
        assert.deepEqual(stage.opened, [ID]);
      },
      { inspectHangs: true },
    ));

  test("reads what it asked for at once, as of a container that is new", () =>
    withPump(async (stage) => {
      stage.has();
      await eventually(() => stage.told.length > 0);
      stage.news("started", container({ name: "quick" }));
      const { name, isOpen, isNew } = await following(stage, 1);
      assert.deepEqual({ name, isOpen, isNew }, { name: "quick", isOpen: true, isNew: true });
    }));

  test("asks for nothing at once of a container that ran before, or that is not chosen", () =>
    withPump(async (stage) => {
      stage.has(container({ running: false }));
      (await following(stage, 1)).end(ENDED);
      await eventually(() => stage.open() === 0);
      await new Promise(setImmediate);
      stage.news("started", container());
      assert.equal((await following(stage, 2)).isOpen, false);
      stage.news("started", container({ id: OTHER, labels: { "tallyman.logs": "false" } }));
      assert.deepEqual(stage.opened, []);
    }));

  test("lives on when the log of a new container is refused before anybody reads it", () =>
    withPump(
      async (stage) => {
        stage.has();
        await eventually(() => stage.told.length > 0);
        stage.news("started", container());
        assert.equal((await following(stage, 1)).isOpen, true);
      },
      { refusesLogs: 1 },
    ));

  test("reads a container that starts while the engine goes away once it is known whether it is a terminal", () =>
    withPump(async (stage) => {
      stage.has();
      await eventually(() => stage.told.length > 0);
      stage.fails(new EngineError("away", { kind: "unreachable" }));
      stage.news("started", container());
      await eventually(() => stage.opened.length === 1);
      stage.fails(undefined);
      stage.has(container());
      assert.equal((await following(stage, 1)).isOpen, false);
    }));

  test("asks for a new container's log while it is being started, and not again when it has", () =>
    withPump(async (stage) => {
      await isNewOf(stage, container());
      stage.starting(ID);
      stage.starting(ID);
      assert.deepEqual(stage.opened, [ID]);
      stage.news("started", container());
      const { isOpen, isNew } = await following(stage, 1);
      assert.deepEqual({ isOpen, isNew, opened: stage.opened }, { isOpen: true, isNew: true, opened: [ID] });
    }));

  test("leaves a container that is being started to the event of its start, whatever else tells of it", () =>
    withPump(async (stage) => {
      await isNewOf(stage, container());
      stage.starting(ID);
      const lists = stage.lists();
      stage.has(container());
      await eventually(() => stage.lists() > lists);
      await new Promise(setImmediate);
      assert.equal(stage.followings.length, 0);
      stage.news("started", container());
      assert.equal((await following(stage, 1)).isOpen, true);
    }));

  test("asks for nothing ahead of a container that it did not see made, or that is not chosen", () =>
    withPump(async (stage) => {
      const secret = container({ labels: { "tallyman.logs": "false" } });
      await isNewOf(stage, secret);
      stage.starting(ID);
      stage.starting(OTHER);
      assert.deepEqual(stage.opened, []);
    }));

  test("asks again when it has started where the engine did not answer while it was started", () =>
    withPump(
      async (stage) => {
        await isNewOf(stage, container());
        stage.starting(ID);
        stage.news("started", container());
        assert.equal((await following(stage, 1)).isOpen, true);
        await eventually(() => stage.opened.length === 2);
      },
      { refusesLogs: 1 },
    ));

  test("counts a container that is gone and told nothing as missed where it was asked for too late to believe that", () =>
    withPump(
      async (stage) => {
        await isNewOf(stage, container());
        stage.starting(ID);
        // As long as a start takes at least.
        await wait(50);
        stage.news("started", container());
        (await following(stage, 1)).end({ kind: "removed" });
        await eventually(() => stage.open() === 0);
        stage.news("started", container({ id: OTHER, name: "late" }));
        (await following(stage, 2)).end({ kind: "removed" });
        await eventually(() => stage.telemetry.counted().tallyman_log_missed_containers_total);
        assert.equal(stage.telemetry.counted().tallyman_log_missed_containers_total, 1);
        stage.news("started", container({ id: "c".repeat(64), name: "talks" }));
        const talks = await following(stage, 3);
        await talks.lines([line(1, "a")]);
        talks.end({ kind: "removed" });
        await eventually(() => stage.open() === 0);
        assert.equal(stage.telemetry.counted().tallyman_log_missed_containers_total, 1);
      },
      { holdsNothing: true },
    ));

  test("says the first time, and counts each, that a container was gone before its log could be read", () =>
    withPump(async (stage) => {
      stage.has();
      await eventually(() => stage.told.length > 0);
      for (const [number, id] of [ID, OTHER].entries()) {
        stage.news("started", container({ id }));
        (await following(stage, number + 1)).end({ kind: "missed" });
      }
      await eventually(() => stage.telemetry.counted().tallyman_log_missed_containers_total === 2);
      assert.deepEqual(stage.telemetry.aloud(), ["warn: Container was removed before its log could be read"]);
    }));

  test("asks nothing more of a container that it knew before it was started", () =>
    withPump(async (stage) => {
      stage.has();
      await eventually(() => stage.told.length > 0);
      const made = container({ running: false, startedAt: "0001-01-01T00:00:00Z" });
      stage.news("created", made);
      await new Promise(setImmediate);
      stage.isDeaf();
      stage.news("started", made);
      assert.equal((await following(stage, 1)).name, "web");
    }));

  test("goes on when a container is started again, and not before", () =>
    withPump(async (stage) => {
      stage.has(container());
      (await following(stage, 1)).end(ENDED);
      stage.has(container({ running: false }));
      (await following(stage, 2)).end(ENDED);
      // So many looks take longer than a stream that failed rests.
      for (let look = 0; look < 15; look++) {
        const before = stage.lists();
        stage.has(container({ running: false }));
        await eventually(() => stage.lists() > before);
      }
      assert.equal(stage.open(), 0);
      assert.equal(stage.followings.length, 2, "what was read of a stopped one is not read again");
      stage.has(container({ startedAt: "2026-11-21T07:00:00Z" }));
      await following(stage, 3);
    }));

  test("follows a running container again whose stream ended, with a rest that grows", () =>
    withPump(async (stage) => {
      stage.has(container());
      for (let time = 1; time <= 3; time++) (await following(stage, time)).end(ENDED);
      await following(stage, 4);
    }));

  test("reads what has never been started not at all", () =>
    withPump(async (stage) => {
      stage.has(container({ running: false, startedAt: "0001-01-01T00:00:00Z" }), container({ id: OTHER, name: "db" }));
      assert.equal((await following(stage, 1)).name, "db");
      assert.equal(stage.followings.length, 1);
    }));

  test("leaves a log alone that can't be read, and says so once", () =>
    withPump(async (stage) => {
      stage.has(container({ driver: "none" }));
      const error = new EngineError("no", { kind: "unreadable-logs" });
      (await following(stage, 1)).end({ kind: "unreadable", error });
      stage.has(container({ driver: "none", startedAt: "2026-11-21T07:00:00Z" }), container({ id: OTHER, name: "db" }));
      await following(stage, 2);
      assert.deepEqual(
        stage.followings.map(({ name }) => name),
        ["web", "db"],
      );
      assert.deepEqual(stage.telemetry.aloud(), [
        "warn: Log of a container can't be read: its driver keeps nothing for readers",
      ]);
    }));

  test("says once what is wrong with one container, tries again, and goes on with the others", () =>
    withPump(async (stage) => {
      stage.has(container());
      const thrown = { kind: "thrown", error: new Error("a pipe stands there") } as const;
      (await following(stage, 1)).end(thrown);
      (await following(stage, 2)).end(thrown);
      const third = await following(stage, 3);
      await third.lines([line(1, "a")]);
      assert.deepEqual(stage.telemetry.aloud(), ["error: Log of a container can't be kept"]);
      assert.equal(stage.telemetry.counted()["tallyman_log_stream_errors_total{kind=not-kept}"], 2);
      assert.deepEqual(stage.written, ["01 a"]);
    }));

  test("tells the files of a new name while it follows", () =>
    withPump(async (stage) => {
      stage.has(container());
      await following(stage, 1);
      stage.has(container({ name: "web-old" }));
      await eventually(() => stage.renames.length > 0);
      assert.deepEqual(stage.renames, ["web-old"]);
      assert.equal(stage.followings.length, 1);
    }));

  test("takes late word of a container that is gone for what it is", () =>
    withPump(async (stage) => {
      stage.has(container());
      (await following(stage, 1)).end({ kind: "removed" });
      await eventually(() => stage.open() === 0);
      const lists = stage.lists();
      stage.has(container({ running: false }));
      await eventually(() => stage.lists() > lists);
      await new Promise(setImmediate);
      assert.equal(stage.followings.length, 1);
    }));

  test("drains a container that is gone, and tells the folder of it when that is done", () =>
    withPump(async (stage) => {
      stage.has(container(), container({ id: OTHER, name: "db" }));
      await following(stage, 2);
      stage.has(container({ id: OTHER, name: "db" }));
      await eventually(() => stage.told.at(-1)?.join() === OTHER);
      const web = stage.followings.find(({ name }) => name === "web");
      assert.equal(web?.signal.aborted, false);
      await web?.lines([line(1, "last words")]);
      const told = stage.told.length;
      web?.end({ kind: "removed" });
      await eventually(() => stage.told.length > told);
      assert.deepEqual(stage.written, ["01 last words"]);
      assert.deepEqual(stage.kept.at(-1), [OTHER]);
    }));

  test("takes an engine that is away for no engine without containers", () =>
    withPump(async (stage) => {
      stage.has(container());
      await following(stage, 1);
      await eventually(() => stage.told.length === 1);
      const before = stage.lists();
      stage.fails(new EngineError("gone", { kind: "unreachable" }));
      await eventually(() => stage.lists() > before);
      assert.deepEqual(stage.told, [[ID]]);
      assert.equal(stage.followings[0]?.signal.aborted, false);
      stage.fails(undefined);
      stage.has(container(), container({ id: OTHER, name: "db" }));
      await following(stage, 2);
    }));
});

describe("of a container that goes with its end, the log pump asks for the end of its log when it dies", () => {
  const GOES = { isAutoRemoved: true };
  const MANY = Array.from({ length: 1_000 }, (_, number) => line(number, "a"));

  test("once, and gives it to the following", () =>
    withPump(async (stage) => {
      stage.has(container(GOES));
      const { takeEnd, end } = await following(stage, 1);
      assert.equal(takeEnd(), undefined);
      stage.died(ID);
      stage.died(ID);
      const opened = takeEnd();
      assert.deepEqual([stage.endsOpened, opened?.tail, opened?.hasToldMuch], [["01 64000"], 64_000, false]);
      assert.equal((await opened?.reply)?.body, stage.replies[0]);
      assert.equal(takeEnd(), undefined);
      end({ kind: "removed" });
      await eventually(() => stage.open() === 0);
      assert.equal(stage.replies[0]?.destroyed, false);
    }));

  test("as all of it, where it was read from its beginning", () =>
    withPump(
      async (stage) => {
        stage.has(container(GOES));
        const { takeEnd, lines } = await following(stage, 1);
        await lines(MANY);
        stage.died(ID);
        assert.deepEqual([takeEnd()?.tail, stage.endsOpened], ["all", ["01 all"]]);
      },
      { holdsNothing: true },
    ));

  test("though it was gone when its log was asked for", () =>
    withPump(
      async (stage) => {
        stage.has();
        await eventually(() => stage.told.length > 0);
        stage.news("started", container(GOES));
        stage.died(ID);
        const { takeEnd } = await following(stage, 1);
        assert.equal(takeEnd()?.tail, "all");
      },
      { holdsNothing: true },
    ));

  test("and says when it told so much that its follow may not have come to its end", () =>
    withPump(async (stage) => {
      stage.has(container(GOES));
      const { takeEnd, lines } = await following(stage, 1);
      stage.died(ID);
      await lines(MANY);
      assert.equal(takeEnd()?.hasToldMuch, true);
    }));

  test("and lets go of it where nobody takes it", () =>
    withPump(async (stage) => {
      stage.has(container(GOES));
      const { end } = await following(stage, 1);
      stage.died(ID);
      end({ kind: "removed" });
      await eventually(() => stage.replies[0]?.destroyed);
    }));

  test("and of no other", () =>
    withPump(async (stage) => {
      stage.has(container());
      const { takeEnd } = await following(stage, 1);
      stage.died(ID);
      stage.died(OTHER);
      assert.deepEqual([takeEnd(), stage.endsOpened], [undefined, []]);
    }));
});

describe("the log pump's end", () => {
  test("ends every following and closes the files", async () => {
    const stage = pumpStage();
    stage.pump.start();
    stage.has(container());
    await following(stage, 1);
    await stage.pump.stop();
    assert.equal(stage.followings[0]?.signal.aborted, true);
    assert.equal(stage.open(), 0);
    assert.deepEqual(stage.telemetry.said.at(-1)?.fields, { isDrained: true });
  });

  test("comes though the disk and the engine hang", async () => {
    const stage = pumpStage({ diskHangs: true, followsHang: true });
    stage.pump.start();
    stage.has(container());
    void (await following(stage, 1)).lines([line(1, "a")]);
    await stage.pump.stop();
    assert.deepEqual(stage.telemetry.said.at(-1)?.fields, { isDrained: false });
  });
});
