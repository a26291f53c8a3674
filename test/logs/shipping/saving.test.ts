import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createShipJournal } from "../../../src/logs/shipping/ship-journal.ts";
import { saveAll } from "../../../src/logs/shipping/shipping-progress.ts";
import { appendingDisk } from "../files/support/disks.ts";

/** Counts those that are being saved, the most at once, and how many came. */
function disk() {
  const counted = { now: 0, most: 0, saved: 0 };
  async function save() {
    counted.most = Math.max(counted.most, ++counted.now);
    await new Promise(setImmediate);
    counted.now--;
    counted.saved++;
  }
  return { counted, save };
}

test("a few checkpoints are written at once, and those that are saved already not again", async () => {
  const { counted, save } = disk();
  const all = Array.from({ length: 20 }, (_, i) => ({ isSaved: i % 2 === 0, save }));
  await saveAll(all, new AbortController().signal);
  assert.deepEqual(counted, { now: 0, most: 2, saved: 10 });
});

test("when there is no more time, those that are being written are, and no others", async () => {
  const { counted, save } = disk();
  const ending = new AbortController();
  const begun = saveAll(
    [0, 1, 2, 3].map(() => ({ isSaved: false, save })),
    ending.signal,
  );
  ending.abort();
  await begun;
  assert.deepEqual(counted, { now: 0, most: 2, saved: 2 });
});

const POSITION = { sequence: 1, offset: 10 };

/** A folder that goes with the test, and whose journal the next agent would find. */
function journalFolder(t: TestContext) {
  const dir = join(mkdtempSync(join(tmpdir(), "tallyman-journal-")), "logs");
  t.after(() => rmSync(join(dir, ".."), { recursive: true, force: true }));
  mkdirSync(dir);
  return {
    dir,
    journal: createShipJournal(dir, 0o640),
    async readAgain() {
      const next = createShipJournal(dir, 0o640);
      await next.open();
      await next.close();
      return next;
    },
  };
}

test("a journal that was removed with its folder goes on in the one that takes its place", async (t) => {
  const { dir, journal, readAgain } = journalFolder(t);
  await journal.open();
  await journal.note([["web", POSITION]]);
  rmSync(dir, { recursive: true });
  await journal.note([["lost", POSITION]]);
  mkdirSync(dir);
  await journal.note([["db", POSITION]]);
  await journal.close();
  const next = await readAgain();
  assert.deepEqual([next.positionOf("db"), next.positionOf("lost")], [POSITION, undefined]);
});

test("a journal that could not be opened at first is, once it can be", async (t) => {
  const { dir, journal, readAgain } = journalFolder(t);
  rmSync(dir, { recursive: true });
  writeFileSync(dir, "");
  await journal.open();
  await journal.note([["lost", POSITION]]);
  rmSync(dir);
  mkdirSync(dir);
  await journal.note([["web", POSITION]]);
  await journal.close();
  assert.deepEqual((await readAgain()).positionOf("web"), POSITION);
});

test("a journal that is empty again has what is noted afterwards alone", async (t) => {
  const { journal, readAgain } = journalFolder(t);
  await journal.open();
  await journal.note([["web", POSITION]]);
  await journal.clear();
  await journal.note([["db", POSITION]]);
  await journal.close();
  const next = await readAgain();
  assert.deepEqual([next.positionOf("web"), next.positionOf("db")], [undefined, POSITION]);
});

test("where a file that is appended to can't be cut, as on Windows, a journal is cleared all the same", async (t) => {
  const { dir } = journalFolder(t);
  const journal = createShipJournal(dir, 0o640, appendingDisk());
  await journal.open();
  await journal.note([["web", POSITION]]);
  await journal.clear();
  assert.equal(statSync(join(dir, ".shipped")).size, 0);
  await journal.close();
});
