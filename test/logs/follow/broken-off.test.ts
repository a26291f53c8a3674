import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { type Stage, startStage, texts } from "./stage.ts";

const REMOVED = { kind: "removed" };

async function onStage(work: (stage: Stage) => Promise<void>) {
  const stage = await startStage();
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

/** One that printed "one" and is followed; what comes of it after `befalls` has ended. */
async function followed(stage: Stage, befalls: (id: string) => unknown) {
  const id = stage.containers.run();
  const taken: LogLine[] = [];
  stage.containers.print(id, { bytes: "one\n" });
  const { end } = stage.follow(id, taken, { isNew: true });
  await stage.untilFollowed(id, taken);
  await befalls(id);
  const { kind } = await end;
  const { tallyman_log_gaps_total: gaps = 0, ...counted } = stage.telemetry.counted();
  const errors = Object.keys(counted).filter((name) => name.startsWith("tallyman_log_stream_errors_total"));
  return { kind, texts: texts(taken), gaps, errors: errors.length };
}

const TOLD = ["one", "followed"];

describe("a container that is gone when its log is asked for again", () => {
  test("may lack what it printed last where the log broke off, which is counted as a gap", () =>
    onStage(async (stage) => {
      const result = await followed(stage, (id) => {
        stage.logStreams.drop();
        stage.containers.remove(id);
      });
      assert.deepEqual(result, { ...REMOVED, texts: TOLD, gaps: 1, errors: 1 });
      assert.deepEqual(stage.telemetry.aloud(), [
        "warn: Lines of a container's log were gone before they could be read",
      ]);
    }));

  test("may lack it where the log broke off with the engine, and that came back without it", () =>
    onStage(async (stage) => {
      const { kind, gaps } = await followed(stage, async (id) => {
        await stage.down();
        stage.containers.remove(id);
        await stage.up();
      });
      assert.deepEqual({ kind, gaps }, { ...REMOVED, gaps: 1 });
    }));

  test("may lack it where the log ended and it still ran", () =>
    onStage(async (stage) => {
      const { kind, gaps } = await followed(stage, (id) => {
        stage.onReply(({ path }) => {
          if (/json$/.test(path) && stage.containers.find(id)) setImmediate(() => stage.containers.remove(id));
        });
        stage.logStreams.end();
      });
      assert.deepEqual({ kind, gaps }, { ...REMOVED, gaps: 1 });
    }));

  test("lacks nothing where its log came to an end", () =>
    onStage(async (stage) => {
      const result = await followed(stage, (id) => stage.containers.remove(id));
      assert.deepEqual(result, { ...REMOVED, texts: TOLD, gaps: 0, errors: 0 });
    }));

  test("lacks nothing where its log broke off, and then was read to its end", () =>
    onStage(async (stage) => {
      const result = await followed(stage, async (id) => {
        const before = stage.requests.count(/\/logs$/);
        stage.logStreams.drop();
        await eventually(() => stage.requests.count(/\/logs$/) > before && stage.logStreams.isFollowed(id));
        stage.containers.print(id, { bytes: "more\n" });
        stage.containers.remove(id);
      });
      assert.deepEqual(result, { ...REMOVED, texts: [...TOLD, "more"], gaps: 0, errors: 1 });
    }));

  test("is gone too where the engine is about to remove it, which is no failure", () =>
    onStage(async (stage) => {
      const result = await followed(stage, (id) => {
        const message = "can not get logs from container which is dead or marked for removal";
        const body = JSON.stringify({ message });
        stage.faults.add({ path: /\/logs$/, fault: { kind: "respond", status: 409, body } });
        stage.containers.exit(id);
      });
      assert.deepEqual(result, { ...REMOVED, texts: TOLD, gaps: 0, errors: 0 });
    }));

  test("lacks nothing where only the last look at it breaks off and is refused, after all was told", () =>
    onStage(async (stage) => {
      const { gaps, kind } = await followed(stage, async (id) => {
        const body = JSON.stringify({
          message: "open /var/lib/docker/containers/x-json.log: no such file or directory",
        });
        stage.faults.add({ path: /\/logs$/, fault: { kind: "respond", status: 500, body } });
        stage.faults.add({ path: /\/logs$/, times: 1, fault: { kind: "truncate", afterBytes: 3 } });
        stage.containers.exit(id);
        await eventually(() => (stage.telemetry.counted().tallyman_log_reconnects_total ?? 0) >= 2);
        stage.containers.remove(id);
        stage.faults.clear();
      });
      assert.deepEqual({ kind, gaps }, { ...REMOVED, gaps: 0 });
    }));

  test("may lack what it printed since the files were written, where it is gone before the first look", () =>
    onStage(async (stage) => {
      const id = stage.containers.run();
      const taken: LogLine[] = [];
      stage.containers.print(id, { bytes: "one\n" });
      const first = stage.follow(id, taken, { isNew: true });
      await stage.untilFollowed(id, taken);
      await first.stop();
      stage.containers.remove(id);
      assert.deepEqual(await stage.follow(id, taken, { isRunning: false }).end, REMOVED);
      assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, undefined, "it did not run any more");
      assert.deepEqual(await stage.follow(id, taken).end, REMOVED);
      assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
    }));
});
