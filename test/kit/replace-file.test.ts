import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { replaceFile } from "../../src/kit/replace-file.ts";

function folder(t: { after(remove: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), "replace-file-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("a file is another one after it was replaced, with nothing left beside it", async (t) => {
  const dir = folder(t);
  const path = join(dir, "at.txt");
  writeFileSync(path, "a much longer text than the next one");
  const before = statSync(path).ino;
  await replaceFile(path, "1");
  assert.equal(readFileSync(path, "utf8"), "1");
  assert.notEqual(statSync(path).ino, before);
  assert.deepEqual(readdirSync(dir), ["at.txt"]);
});

test("a folder that is not there is an error", async (t) => {
  await assert.rejects(replaceFile(join(folder(t), "none", "at.txt"), "1"), { code: "ENOENT" });
});
