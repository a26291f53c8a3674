import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FolderLockedError } from "../../../src/logs/files/folder-lock.ts";
import { startChild } from "../../support/child.ts";
import { eventually } from "../../support/eventually.ts";
import { ID, linesIn, numbered, stage } from "./support/scene.ts";

const HOLDER = join(import.meta.dirname, "support/hold-lock.ts");

test("a folder that another agent holds is refused, with who it is; one that was killed holds it no more", async (t) => {
  const { dir, open } = stage(t);
  const other = startChild({ name: "the other agent", command: [process.execPath, HOLDER, dir] });
  t.after(() => other.end("SIGKILL", 1_000));
  await other.ready(() => other.stdout.includes("held"), 20_000);
  await assert.rejects(open(), (error: Error) => {
    assert.ok(error instanceof FolderLockedError);
    assert.ok(error.message.includes(`The log folder ${dir} is in use by another Tallyman`), error.message);
    assert.ok(error.message.includes(`process ${other.pid} on host ${hostname()}`), error.message);
    return true;
  });
  await other.end("SIGKILL", 1_000);
  await open();
});

test("a folder is refused a second time within one process too, and is free when it is closed", async (t) => {
  const { open } = stage(t);
  const folder = await open();
  await assert.rejects(open(), FolderLockedError);
  await folder.close();
  await open();
});

test("a link in place of the lock is not followed", async (t) => {
  const { dir, open } = stage(t);
  symlinkSync("/etc/passwd", join(dir, ".lock"));
  await assert.rejects(open(), /no regular file/);
});

const ANEW = "warn Log folder was removed or moved by others: it was made anew";
const LATER = { holdEveryMs: 3_600_000 };

test("a folder that is removed with its lock is made and locked anew with the next line", async (t) => {
  const { dir, open, said } = stage(t);
  const folder = await open(LATER);
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(0, 3));
  await files.close();
  rmSync(dir, { recursive: true });
  const again = await folder.files({ id: ID, name: "web" });
  await again.write(numbered(3, 5));
  assert.deepEqual(linesIn(join(dir, "web")).length, 2);
  assert.deepEqual(said.filter((one) => one === ANEW).length, 1);
  await assert.rejects(open(), FolderLockedError);
  await folder.close();
  await open();
});

test("a folder that is removed is made and locked anew also while nothing is written", async (t) => {
  const { dir, open, said } = stage(t);
  await open({ holdEveryMs: 5 });
  rmSync(dir, { recursive: true });
  await eventually(() => said.includes(ANEW));
  await assert.rejects(open(), FolderLockedError);
});

test("where another agent was faster to lock the folder that was made anew, lines wait until it ends", async (t) => {
  const { dir, open, said } = stage(t);
  const folder = await open(LATER);
  const files = await folder.files({ id: ID, name: "web" });
  rmSync(dir, { recursive: true });
  mkdirSync(dir);
  const other = await open(LATER);
  let isWritten = false;
  const writing = files.write(numbered(0, 2)).then(() => {
    isWritten = true;
  });
  await eventually(() => said.length > 0);
  assert.match(said.join(), /^error Log lines can't be written/);
  assert.equal(isWritten, false);
  await other.close();
  await writing;
  assert.equal(linesIn(join(dir, "web")).length, 2);
});
