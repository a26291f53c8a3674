import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesIn, ID, line, linesIn, numbered, OTHER_ID, stage, timeOf } from "./support/scene.ts";

const ID12 = ID.slice(0, 12);

test("a container's lines are in a folder of its name, in a file of its name and id", async (t) => {
  const { dir, open } = stage(t);
  const files = await (await open()).files({ id: ID, name: "web" });
  await files.write([line("hello", { at: 5 }), line("oops", { at: 6, stream: "stderr" })]);
  assert.equal(
    readFileSync(join(dir, "web", `web-${ID12}.log`), "utf8"),
    `${timeOf(5)} stdout F hello\n${timeOf(6)} stderr F oops\n`,
  );
});

test("files and folders have the modes that were asked for, whatever the umask", async (t) => {
  const { dir, open } = stage(t);
  const before = process.umask(0o077);
  t.after(() => process.umask(before));
  const files = await (await open({ fileMode: 0o664, folderMode: 0o775 })).files({ id: ID, name: "web" });
  await files.write([line("hello")]);
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  assert.equal(modeOf(join(dir, "web")), "775");
  assert.equal(modeOf(join(dir, "web", `web-${ID12}.log`)), "664");
});

test("a file is full before the line that would make it too large, and no line is split", async (t) => {
  const { dir, open } = stage(t);
  const lineBytes = `${timeOf(0)} stdout F line 00\n`.length;
  const files = await (await open({ maxFileBytes: 10 * lineBytes })).files({ id: ID, name: "web" });
  const lines = Array.from({ length: 25 }, (_, i) => line(`line ${String(i).padStart(2, "0")}`, { at: i }));
  await files.write(lines.slice(0, 7));
  await files.write(lines.slice(7));
  assert.deepEqual(
    filesIn(join(dir, "web")).map(({ name, text }) => [name, text.length / lineBytes]),
    [
      [`web-${ID12}.log.000001`, 10],
      [`web-${ID12}.log.000002`, 10],
      [`web-${ID12}.log`, 5],
    ],
  );
  assert.deepEqual(
    linesIn(join(dir, "web")).map((text) => text.slice(-7)),
    lines.map(({ bytes }) => bytes.toString()),
  );
});

test("a line longer than a file has a file of its own", async (t) => {
  const { dir, open } = stage(t);
  const files = await (await open({ maxFileBytes: 1_000 })).files({ id: ID, name: "web" });
  await files.write([line("short", { at: 1 }), line("x".repeat(3_000_000), { at: 2 }), line("short", { at: 3 })]);
  assert.deepEqual(
    filesIn(join(dir, "web")).map(({ text }) => text.length - `${timeOf(0)} stdout F \n`.length),
    [5, 3_000_000, 5],
  );
});

for (const maxFiles of [1, 2, 3]) {
  test(`of a container there are never more than ${maxFiles} files, and the oldest go`, async (t) => {
    const { dir, open, tally } = stage(t);
    const files = await (await open({ maxFiles, maxFileBytes: 60 })).files({ id: ID, name: "web" });
    for (const one of numbered(1000, 1020)) {
      await files.write([one]);
      assert.ok(filesIn(join(dir, "web")).length <= maxFiles);
    }
    // Two lines of 50 bytes do not fit: each file has one.
    assert.deepEqual(
      linesIn(join(dir, "web")).map((text) => Number(text.slice(-4))),
      Array.from({ length: maxFiles }, (_, i) => 1020 - maxFiles + i),
    );
    assert.equal(tally.value("tallyman_log_rotations_total"), 19);
    assert.equal(tally.value("tallyman_log_files_removed_total", "reason", "count"), 20 - maxFiles);
  });
}

test("rotated files are compressed, and read the same", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open({ compress: true, maxFileBytes: 60 });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 15));
  await folder.compressed();
  const names = filesIn(join(dir, "web")).map(({ name }) => name.replace(/^web-[0-9a-f]+/, ""));
  assert.deepEqual(names, [".log.000001.gz", ".log.000002.gz", ".log.000003.gz", ".log.000004.gz", ".log"]);
  assert.deepEqual(
    linesIn(join(dir, "web")).map((text) => text.slice(-2)),
    ["10", "11", "12", "13", "14"],
  );
});

test("files that go while they are being compressed don't come back", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open({ compress: true, maxFileBytes: 60, maxFiles: 3 });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 40));
  await folder.compressed();
  const names = readdirSync(join(dir, "web")).map((name) => name.replace(/^web-[0-9a-f]+/, ""));
  assert.deepEqual(names.sort(), [".checkpoint", ".log", ".log.000028.gz", ".log.000029.gz"]);
});

test("the oldest rotated files of all containers go when the total is passed", async (t) => {
  const { dir, open, tally } = stage(t);
  let nowMs = 0;
  const folder = await open({ maxFileBytes: 60, maxTotalBytes: 210, now: () => nowMs++ });
  const web = await folder.files({ id: ID, name: "web" });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  // Lines of 50 bytes, one to a file: four files fit.
  for (const one of numbered(1000, 1003)) await web.write([one]);
  for (const one of numbered(2000, 2003)) await db.write([one]);
  assert.deepEqual(
    linesIn(join(dir, "web")).map((text) => text.slice(-4)),
    ["1002"],
  );
  assert.deepEqual(
    linesIn(join(dir, "db")).map((text) => text.slice(-4)),
    ["2000", "2001", "2002"],
  );
  assert.equal(tally.value("tallyman_log_files_removed_total", "reason", "total"), 2);
});

test("where nothing more may be removed, lines are written past the total, and it is said once", async (t) => {
  const { dir, open, said } = stage(t);
  const folder = await open({ maxTotalBytes: 100 });
  const files = await folder.files({ id: ID, name: "web" });
  for (const one of numbered(1000, 1005)) await files.write([one]);
  assert.equal(linesIn(join(dir, "web")).length, 5);
  assert.deepEqual(said, ["warn Log files are over their total, and none is left that may be removed"]);
});

test("lines and bytes written are counted, and parts of long lines", async (t) => {
  const { open, tally } = stage(t);
  const files = await (await open()).files({ id: ID, name: "web" });
  await files.write([line("be", { isPart: true }), line("gin"), line("x")]);
  assert.equal(tally.value("tallyman_log_lines_total"), 3);
  assert.equal(tally.value("tallyman_log_written_bytes_total"), 3 * `${timeOf(0)} stdout F \n`.length + 6);
  assert.equal(tally.value("tallyman_log_line_parts_total"), 1);
});

test("a folder that is there already keeps its mode", async (t) => {
  const { dir, open } = stage(t);
  chmodSync(dir, 0o711);
  await open();
  assert.equal(statSync(dir).mode & 0o777, 0o711);
});
