import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { type TestContext, test } from "node:test";
import { setImmediate as immediate } from "node:timers/promises";
import { readLog, SNAPSHOT_SILENCE_MS } from "../../../src/logs/follow/reading.ts";
import { startStage } from "./stage.ts";

const LINE = "2026-11-21T06:00:00.000000001Z one\n";

/** A snapshot that is begun; time goes on when the test lets it. */
async function snapshot(t: TestContext, onLines: () => Promise<void>) {
  const stage = await startStage();
  t.after(stage.close);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const body = new PassThrough();
  const reading = readLog({
    engine: { ...stage.engine, containerLogs: async () => ({ body, contentType: undefined, isEndTold: true }) },
    containerId: "abc",
    follow: false,
    tail: "all",
    tty: true,
    position: undefined,
    onLines,
    searchPatienceMs: 1,
    signal: new AbortController().signal,
  });
  await immediate();
  return { body, reading, tick: (ms: number) => t.mock.timers.tick(ms) };
}

test("a snapshot that is begun and not gone on with ends as silent", async (t) => {
  const { body, reading, tick } = await snapshot(t, async () => {});
  tick(SNAPSHOT_SILENCE_MS - 1);
  assert.equal(body.destroyed, false);
  tick(1);
  assert.equal((await reading).end, "silent");
});

test("a snapshot whose lines wait for the disk is read on when they are written, however long that takes", async (t) => {
  let written: (() => void) | undefined;
  const onLines = () =>
    new Promise<void>((resolve) => {
      written = resolve;
    });
  const { body, reading, tick } = await snapshot(t, onLines);
  body.write(LINE);
  while (written === undefined) await immediate();
  for (let times = 0; times < 3; times++) tick(SNAPSHOT_SILENCE_MS);
  assert.equal(body.destroyed, false);
  written();
  body.end();
  const { end, newLines } = await reading;
  assert.deepEqual({ end, newLines }, { end: "ended", newLines: 1 });
});
