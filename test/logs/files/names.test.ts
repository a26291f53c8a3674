import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { LogFilesClosedError } from "../../../src/logs/files/disk-trouble.ts";
import { parseFileName, safeName } from "../../../src/logs/files/file-names.ts";
import { eventually } from "../../support/eventually.ts";
import { ID, line, linesIn, numbered, OTHER_ID, stage } from "./support/scene.ts";

const FILE = `web-${ID.slice(0, 12)}.log`;

test("whatever a container is called, its folder is in the log folder, and one name is one folder", () => {
  const names = ["/web", "../../etc/passwd", ".", "..", ".hidden", "", "a/b", "a\0b", "-rf", "x".repeat(300), "ü"];
  for (const name of names) assert.match(safeName(name), /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}$/, name);
  assert.equal(safeName("/web"), "web");
  assert.equal(safeName("compose-web_1.2"), "compose-web_1.2");
});

test("the files of a name of 200 bytes can be made, rotated and compressed", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open({ compress: true, maxFileBytes: 60 });
  const files = await folder.files({ id: ID, name: "n".repeat(300) });
  await files.write(numbered(10, 13));
  await folder.compressed();
  assert.equal(linesIn(join(dir, "n".repeat(200))).length, 3);
});

test("a file's name tells what it is; what others put there is none of ours", () => {
  const stem = "web-0123456789ab";
  const kinds = [
    `${stem}.log`,
    `${stem}.log.000017`,
    `${stem}.log.1000000.gz`,
    `${stem}.checkpoint`,
    `${stem}.checkpoint.tmp`,
  ];
  assert.deepEqual(
    kinds.map((name) => parseFileName(name)?.kind),
    ["current", "rotated", "compressed", "checkpoint", "unfinished"],
  );
  assert.equal(parseFileName(`${stem}.log.000017`)?.sequence, 17);
  for (const name of ["web.log", "web-0123.log", `${stem}.log-20261121`, `${stem}.log.1`, ".lock"])
    assert.equal(parseFileName(name), undefined, name);
});

test("two containers of one name have files of their own", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open();
  const first = await folder.files({ id: ID, name: "web" });
  const second = await folder.files({ id: OTHER_ID, name: "web" });
  await first.write([line("first")]);
  await second.write([line("second")]);
  const logs = readdirSync(join(dir, "web")).filter((name) => name.endsWith(".log"));
  assert.deepEqual(logs, [FILE, `web-${OTHER_ID.slice(0, 12)}.log`]);
});

test("after a rename the files are where they were, a link leads to them, and a restart finds them", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open();
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 12));
  await files.rename("/api");
  await files.write(numbered(12, 14));
  assert.equal(readlinkSync(join(dir, "api")), "web");
  assert.equal(linesIn(join(dir, "api")).length, 4);
  await folder.close();
  const again = await open();
  assert.deepEqual(
    (await again.list()).map(({ id, name, stem }) => ({ id, name, stem })),
    [{ id: ID, name: "api", stem: "web-0123456789ab" }],
  );
  assert.deepEqual((await again.files({ id: ID, name: "api" })).position, files.position);
});

test("a rename while the agent was away is made good", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open();
  await (await folder.files({ id: ID, name: "web" })).write(numbered(10, 12));
  await folder.close();
  await (await open()).files({ id: ID, name: "api" });
  assert.equal(readlinkSync(join(dir, "api")), "web");
});

test("a container without a line yet takes its files along", async (t) => {
  const { dir, open } = stage(t);
  const files = await (await open()).files({ id: ID, name: "web" });
  await files.rename("api");
  await files.write(numbered(10, 12));
  assert.deepEqual(
    readdirSync(dir).filter((name) => !name.startsWith(".")),
    ["api"],
  );
});

test("where the new name has a folder already, the link is in there", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open();
  const web = await folder.files({ id: ID, name: "web" });
  await web.write([line("web")]);
  await (await folder.files({ id: OTHER_ID, name: "api" })).write([line("api")]);
  await web.rename("api");
  assert.match(readFileSync(join(dir, "api", FILE), "utf8"), / web\n$/);
  assert.equal(lstatSync(join(dir, "api", FILE)).isSymbolicLink(), true);
});

test("a new container of a name that is a link gets a folder, and the link gives way", async (t) => {
  const { dir, open } = stage(t);
  const folder = await open();
  const web = await folder.files({ id: ID, name: "web" });
  await web.write([line("web")]);
  await web.rename("api");
  await (await folder.files({ id: OTHER_ID, name: "api" })).write([line("api")]);
  assert.equal(lstatSync(join(dir, "api")).isDirectory(), true);
  assert.equal(linesIn(join(dir, "web")).length, 1);
});

for (const [what, put] of [
  ["a link to a file", (path: string) => symlinkSync("/dev/null", path)],
  ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
] as const) {
  test(`${what} that others put in a file's place is not written to`, async (t) => {
    const { dir, open, said } = stage(t);
    mkdirSync(join(dir, "web"));
    const path = join(dir, "web", FILE);
    put(path);
    const folder = await open();
    const refused = assert.rejects(folder.files({ id: ID, name: "web" }), LogFilesClosedError);
    await eventually(() => said.length > 0);
    await folder.close();
    await refused;
    assert.equal(lstatSync(path).isFile(), false);
  });
}

test("a link in a folder's place is not followed, and stays", async (t) => {
  const { dir, open, said } = stage(t);
  const elsewhere = stage(t).dir;
  symlinkSync(elsewhere, join(dir, "web"));
  const files = await (await open()).files({ id: ID, name: "web" });
  const refused = assert.rejects(files.write([line("web")]));
  await eventually(() => said.length > 0);
  await files.close();
  await refused;
  assert.deepEqual(readdirSync(elsewhere), []);
  assert.equal(readlinkSync(join(dir, "web")), elsewhere);
});

test("files of removed containers are kept for as long as was asked, and their links go with them", async (t) => {
  const { dir, open, tally } = stage(t);
  let nowMs = 1_000;
  const folder = await open({ keepRemovedMs: 500, maxFileBytes: 60, now: () => nowMs });
  const web = await folder.files({ id: ID, name: "web" });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  await web.write(numbered(10, 12));
  await db.write(numbered(10, 12));
  await web.rename("api");
  await web.removed();
  nowMs = 1_499;
  await folder.removeExpired();
  assert.equal(linesIn(join(dir, "api")).length, 2);
  nowMs = 1_500;
  await folder.removeExpired();
  assert.deepEqual(
    readdirSync(dir).filter((name) => !name.startsWith(".")),
    ["db"],
  );
  assert.equal(tally.value("tallyman_log_files_removed_total", "reason", "container"), 2);
});

test("of containers that went while the agent was away the time runs from its return, unless they are back", async (t) => {
  const { dir, open } = stage(t);
  let nowMs = 1_000;
  const options = { keepRemovedMs: 500, now: () => nowMs };
  const before = await open(options);
  await (await before.files({ id: ID, name: "web" })).write(numbered(10, 12));
  await (await before.files({ id: OTHER_ID, name: "db" })).write(numbered(10, 12));
  await before.close();
  nowMs = 5_000;
  const folder = await open(options);
  await folder.engineHas(new Set());
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  await db.write(numbered(12, 13));
  await db.close();
  nowMs = 5_500;
  await folder.removeExpired();
  assert.equal(existsSync(join(dir, "web")), false);
  assert.equal(linesIn(join(dir, "db")).length, 3);
});

test("what a kill left half done is put right when the folder is opened", async (t) => {
  const { dir, open } = stage(t);
  const before = await open({ maxFileBytes: 60 });
  await (await before.files({ id: ID, name: "web" })).write(numbered(10, 13));
  await before.close();
  const folder = join(dir, "web");
  execFileSync("gzip", ["-k", join(folder, `${FILE}.000001`)]);
  writeFileSync(join(folder, `${FILE}.000002.gz.tmp`), "half");
  const again = await open({ maxFileBytes: 60, compress: true });
  await again.files({ id: ID, name: "web" });
  await again.compressed();
  assert.deepEqual(readdirSync(folder).sort(), [
    FILE.replace(".log", ".checkpoint"),
    FILE,
    `${FILE}.000001.gz`,
    `${FILE}.000002.gz`,
  ]);
  assert.equal(linesIn(folder).length, 3);
});
