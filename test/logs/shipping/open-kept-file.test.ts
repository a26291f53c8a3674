import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { containerNames } from "../../../src/logs/files/file-names.ts";
import { openAt } from "../../../src/logs/shipping/open-kept-file.ts";
import { eventually } from "../../support/eventually.ts";
import { ID, timeOf } from "../files/support/scene.ts";
import { shippingScene } from "./shipping-scene.ts";

const LINE = `${timeOf(1)} stdout F x\n`;

/** A file of some lines, changed after the moment in which it was made, and where a position of that identity leads. */
async function openingOf(t: TestContext) {
  const { folder, current } = containerNames(shippingScene(t).dir, "web", ID);
  mkdirSync(folder);
  writeFileSync(current, LINE);
  await eventually(() => {
    appendFileSync(current, LINE);
    const { birthtimeMs, ctimeMs } = statSync(current);
    return birthtimeMs !== ctimeMs;
  });
  const { dev, ino, birthtimeMs } = statSync(current);
  async function offsetBy(identity: string) {
    const at = { sequence: 1, offset: LINE.length, identity };
    const opened = await openAt({ folder, stem: `web-${ID.slice(0, 12)}` }, at, () => {});
    await opened?.handle.close();
    return opened?.offset;
  }
  return { dev, ino, birthtimeMs, offsetBy };
}

test("the file of the position is read on from there", async (t) => {
  const { dev, ino, birthtimeMs, offsetBy } = await openingOf(t);
  assert.equal(await offsetBy(`${dev}:${ino}:${birthtimeMs}`), LINE.length);
});

test("another that got the number of one that was removed is read from its beginning", async (t) => {
  const { dev, ino, birthtimeMs, offsetBy } = await openingOf(t);
  assert.equal(await offsetBy(`${dev}:${ino}:${birthtimeMs - 1}`), 0);
  assert.equal(await offsetBy(`${dev}:${ino + 1}:${birthtimeMs}`), 0);
});

test("of a position that does not tell when its file was made, the number decides", async (t) => {
  const { dev, ino, offsetBy } = await openingOf(t);
  assert.equal(await offsetBy(`${dev}:${ino}`), LINE.length);
});
