import assert from "node:assert/strict";
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { appendingDisk, diskError, disturbedDisk } from "./support/disks.ts";
import { ID, linesIn, numbered, stage } from "./support/scene.ts";

const FILE = `web-${ID.slice(0, 12)}.log`;

test("where a file that is appended to can't be cut, half a line is cut off all the same", async (t) => {
  const scene = stage(t);
  const first = await scene.open();
  await (await first.files({ id: ID, name: "web" })).write(numbered(10, 12));
  await first.close();
  appendFileSync(join(scene.dir, "web", FILE), "2026-11-21T05:00:00.00");
  const folder = await scene.open({ disk: appendingDisk() });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(12, 14));
  assert.deepEqual(linesIn(join(scene.dir, "web")).map(numberOf), [10, 11, 12, 13]);
  assert.equal(scene.tally.value("tallyman_log_torn_lines_total"), 1);
  assert.deepEqual(scene.said, []);
});

test("where links may not be made, a container goes on under its new name without one, and nothing has failed", async (t) => {
  const scene = stage(t);
  const disk = disturbedDisk(({ name }) => (name === "symlink" ? Promise.reject(diskError("EPERM")) : undefined));
  const folder = await scene.open({ disk });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 12));
  await files.rename("/api");
  await files.write(numbered(12, 14));
  assert.equal(existsSync(join(scene.dir, "api")), false);
  assert.deepEqual(linesIn(join(scene.dir, "web")).map(numberOf), [10, 11, 12, 13]);
  assert.deepEqual(
    (await folder.list()).map(({ name }) => name),
    ["api"],
  );
  assert.equal(scene.tally.value("tallyman_log_write_failures_total", "code", "EPERM"), 0);
});

test("where a file can't be replaced while others read it, it is replaced when they are done, and nothing is said", async (t) => {
  const scene = stage(t);
  let held = 3;
  const disk = disturbedDisk(({ name, args }) => {
    const isReplaced = name === "rename" && String(args[1]).endsWith(".checkpoint");
    return isReplaced && held-- > 0 ? Promise.reject(diskError("EPERM")) : undefined;
  });
  const folder = await scene.open({ disk });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 12));
  assert.ok(held < 0, "it was not tried again");
  assert.equal((await folder.list())[0]?.checkpoint?.name, "web");
  assert.equal(scene.tally.value("tallyman_log_write_failures_total", "code", "EPERM"), 0);
  assert.deepEqual(scene.said, []);
});

function numberOf(line: string): number {
  return Number(/line (\d+)/.exec(line)?.[1]);
}
