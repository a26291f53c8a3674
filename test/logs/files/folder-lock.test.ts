import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FolderLockedError } from "../../../src/logs/files/folder-lock.ts";
import { startChild } from "../../support/child.ts";
import { stage } from "./support/scene.ts";

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
