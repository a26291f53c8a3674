import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../../src/engine/engine.ts";
import { createSnapshotRoom } from "../../../src/logs/follow/snapshot-room.ts";
import { createSnapshotsAhead, type SnapshotsAheadOptions } from "../../../src/logs/follow/snapshots-ahead.ts";
import { eventually } from "../../support/eventually.ts";
import { type Stage, startStage } from "./stage.ts";

const NO_ROOM = { take: () => undefined };

async function onStage(work: (stage: Stage, id: string) => Promise<void>) {
  const stage = await startStage();
  try {
    const id = stage.containers.run({ logOptions: { "max-size": "1m", "max-file": "3" } });
    stage.containers.print(id, { bytes: "first\n" });
    await work(stage, id);
  } finally {
    await stage.close();
  }
}

function snapshotsAhead(engine: Engine, containerId: string, given: Partial<SnapshotsAheadOptions> = {}) {
  const stop = new AbortController();
  const files = { fileBytes: 1024 ** 2, keptFiles: 1 };
  const how = { engine, containerId, tty: false, files, isBurst: true, signal: stop.signal };
  return { ...createSnapshotsAhead({ ...how, room: createSnapshotRoom(), ...given }), stop: () => stop.abort() };
}

test("an answer that is begun and says nothing is given up, and who waits for it is told that there is none", () =>
  onStage(async ({ engine, faults, logStreams }, id) => {
    faults.add({ path: `/containers/${id}/logs`, fault: { kind: "stall", afterBytes: 0 } });
    const ahead = snapshotsAhead(engine, id, { firstEntryMs: 50 });
    assert.equal(await ahead.next(undefined), undefined);
    await eventually(() => logStreams.count === 0);
    ahead.end();
  }));

test("who waits is let go when the following is stopped, though the engine answers nothing", () =>
  onStage(async ({ engine }, id) => {
    const ahead = snapshotsAhead({ ...engine, containerLogs: () => new Promise(() => {}) }, id);
    const next = ahead.next(undefined);
    ahead.stop();
    assert.equal(await next, undefined);
  }));

test("without room one is opened when it is waited for, and no other", () =>
  onStage(async ({ engine, requests }, id) => {
    const ahead = snapshotsAhead(engine, id, { room: NO_ROOM });
    for (let asked = 1; asked <= 3; asked++) {
      const reply = await ahead.next(undefined);
      assert.ok(reply);
      reply.body.destroy();
      assert.equal(requests.count(/\/logs$/), asked);
    }
    ahead.end();
  }));

test("what is opened ahead of one log takes room from others until the end", () =>
  onStage(async ({ engine }, id) => {
    const room = createSnapshotRoom({ most: 1 });
    const ahead = snapshotsAhead(engine, id, { room });
    assert.ok(await ahead.next(undefined));
    assert.equal(room.take(1), undefined);
    ahead.end();
    assert.ok(room.take(1));
  }));

test("the answers that wait of many logs hold up no other", async () => {
  const stage = await startStage();
  const stop = new AbortController();
  try {
    const room = createSnapshotRoom();
    const printSome = (id: string) => stage.containers.print(id, { bytes: `${"x".repeat(999)}\n`.repeat(100) });
    const bursts = Array.from({ length: 12 }, () =>
      stage.containers.run({ logOptions: { "max-size": "100k", "max-file": "3" } }),
    );
    for (const id of bursts) {
      printSome(id);
      const ahead = snapshotsAhead(stage.engine, id, {
        files: { fileBytes: 100_000, keptFiles: 1 },
        room,
        signal: stop.signal,
      });
      assert.ok(await ahead.next(undefined));
    }
    await eventually(() => {
      for (const id of bursts) printSome(id);
      const place = room.take(1);
      place?.leave();
      return place === undefined;
    });
    const other = stage.containers.run();
    printSome(other);
    const { body } = await stage.engine.containerLogs({ id: other, follow: false, signal: stop.signal });
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    assert.ok(bytes > 100_000);
  } finally {
    stop.abort();
    await stage.close();
  }
});

test("the room has so many places and so many bytes, and a place is left once", () => {
  const room = createSnapshotRoom({ most: 3, mostBytes: 100 });
  const first = room.take(60);
  assert.equal(room.take(60), undefined);
  const others = [room.take(20), room.take(20)];
  assert.equal(room.take(0), undefined);
  for (const place of [first, first, ...others]) place?.leave();
  assert.equal(room.take(101), undefined);
  assert.ok(room.take(100));
});
