import assert from "node:assert/strict";
import { test } from "node:test";
import { keptContainers } from "../../../src/logs/kept/kept-containers.ts";
import { createLineCursor } from "../../../src/logs/shipping/line-cursor.ts";
import { createReaderTurns, type ReaderTurns } from "../../../src/logs/shipping/reader-turns.ts";
import type { ShipPosition } from "../../../src/logs/shipping/ship-position.ts";
import { ID, numbered } from "../files/support/scene.ts";
import { type ShippingScene, shippingScene } from "./shipping-scene.ts";

const LINES = 2_000;

/** A compressed file, the one written after it, and a cursor on both. */
async function compressed(scene: ShippingScene, turns: ReaderTurns = createReaderTurns(1)) {
  const folder = await scene.folder({ compress: true, maxFileBytes: 45 * LINES });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(0, LINES + 10));
  await folder.compressed();
  const [kept] = await keptContainers(scene.dir);
  assert.deepEqual(
    kept?.files.map(({ isCompressed }) => isCompressed),
    [true, false],
  );
  const counted = { unpackedBytes: 0 };
  const cursor = createLineCursor(kept as NonNullable<typeof kept>, {
    key: "web",
    turns,
    onUnreadable: (path, error) => assert.fail(`${path}: ${error}`),
    onUnpacked(bytes) {
      counted.unpackedBytes += bytes;
    },
  });
  return { cursor, counted };
}

function reading(cursor: Awaited<ReturnType<typeof compressed>>["cursor"]) {
  const texts: string[] = [];
  let at: ShipPosition | undefined;
  return {
    texts,
    from(position: ShipPosition | undefined) {
      at = position;
    },
    async next(count: number) {
      const until = texts.length + count;
      return cursor.read(at, (line, { sequence, identity }, _, end) => {
        texts.push(String(line.bytes));
        at = { sequence, offset: end, identity };
        return texts.length < until ? "more" : "enough";
      });
    },
  };
}

test("a compressed file is unpacked once, however many readings it takes", async (t) => {
  const { cursor, counted } = await compressed(shippingScene(t));
  const read = reading(cursor);
  while ((await read.next(10)) === "more");
  assert.deepEqual(
    read.texts,
    numbered(0, LINES + 10).map(({ bytes }) => String(bytes)),
  );
  assert.ok(counted.unpackedBytes <= 45 * LINES, `${counted.unpackedBytes}`);
  await cursor.close();
});

test("a reading that begins elsewhere than the last one ended gives the lines from there", async (t) => {
  const { cursor } = await compressed(shippingScene(t));
  const read = reading(cursor);
  await read.next(10);
  read.from(undefined);
  await read.next(5);
  assert.deepEqual(
    read.texts.slice(10),
    numbered(0, 5).map(({ bytes }) => String(bytes)),
  );
  await cursor.close();
});

test("without room nothing stays open, and who waits goes on when another is done", async (t) => {
  const turns = createReaderTurns(1);
  assert.ok(turns.mayKeep("db"));
  const { cursor } = await compressed(shippingScene(t), turns);
  const read = reading(cursor);
  assert.equal(await read.next(10), "waits");
  assert.equal(turns.next(), undefined);
  turns.done("db");
  assert.equal(turns.next(), "web");
  assert.equal(await read.next(10), "more");
  assert.equal(read.texts.at(-1), "line 19");
  await cursor.close();
  assert.ok(turns.mayKeep("db"));
});

test("turns are taken in the order of asking", () => {
  const turns = createReaderTurns(2);
  assert.deepEqual(["a", "b", "c", "d"].map(turns.mayKeep), [true, true, false, false]);
  turns.done("a");
  assert.equal(turns.mayKeep("e"), false, "others wait already");
  assert.deepEqual([turns.next(), turns.next()], ["c", undefined]);
  turns.done("d");
  turns.done("b");
  assert.deepEqual([turns.next(), turns.isWaiting("e")], ["e", false]);
});
