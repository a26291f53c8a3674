import assert from "node:assert/strict";
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { LogFolderOptions } from "../../../src/logs/files/log-folder.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { filesIn, ID, line, linesIn, numbered, type Scene, stage, timeOf } from "./support/scene.ts";

const STEM = `web-${ID.slice(0, 12)}`;

/** What a kill leaves of a folder to which these lines were written: the files, but no checkpoint of their end. */
async function killedAfter(scene: Scene, lines: readonly LogLine[], options: Partial<LogFolderOptions> = {}) {
  const folder = await scene.open(options);
  const files = await folder.files({ id: ID, name: "web" });
  for (const one of lines) await files.write([one]);
  const checkpoint = join(scene.dir, "web", `${STEM}.checkpoint`);
  const atKill = readFileSync(checkpoint);
  const { position } = files;
  await folder.close();
  writeFileSync(checkpoint, atKill);
  return position;
}

async function positionOf(scene: Scene, options: Partial<LogFolderOptions> = {}) {
  return (await (await scene.open(options)).files({ id: ID, name: "web" })).position;
}

test("a container without files has no position", async (t) => {
  assert.equal(await positionOf(stage(t)), undefined);
});

const LOGS: Record<string, LogLine[]> = {
  "one line": [line("a")],
  "both streams, whose times are not in order": [
    line("a", { at: 5 }),
    line("b", { at: 3, stream: "stderr" }),
    line("c", { at: 6 }),
    line("d", { at: 4, stream: "stderr" }),
  ],
  "lines of one time, with one of the other stream in between": [
    line("a", { at: 4 }),
    line("b", { at: 5 }),
    line("c", { at: 5 }),
    line("d", { at: 2, stream: "stderr" }),
    line("e", { at: 5 }),
  ],
  "more lines of one time than a file holds": Array.from({ length: 30 }, (_, i) => line(`line ${i}`, { at: 7 })),
  "parts of a long line": [
    line("a", { isPart: true }),
    line("b", { isPart: true, stream: "stderr" }),
    line("c", { isPart: true }),
    line("d"),
  ],
  "binary, empty, and what looks like lines": [
    line(Buffer.from([0, 255, 13, 27, 34, 92, 200]), { at: 1 }),
    line("", { at: 2 }),
    line(`${timeOf(9)} stderr F no`, { at: 3 }),
    line('"stream":"stderr","time":"2026"}', { at: 4 }),
  ],
  "a line larger than what is read at once": [line("a", { at: 1 }), line("x".repeat(3_000_000), { at: 2 })],
  "a stream that was silent for long": [
    line("a", { at: 1, stream: "stderr" }),
    ...Array.from({ length: 50 }, (_, i) => line(`line ${i}`, { at: 2 + i })),
  ],
};

for (const format of ["cri", "json", "raw"] as const) {
  for (const [name, lines] of Object.entries(LOGS)) {
    test(`after a stop, ${format} files tell where they end: ${name}`, async (t) => {
      const scene = stage(t);
      const folder = await scene.open({ format, maxFiles: 2 });
      const files = await folder.files({ id: ID, name: "web" });
      await files.write(lines);
      await folder.close();
      const position = await positionOf(scene, { format, maxFiles: 2 });
      assert.deepEqual(position, files.position);
      assert.equal(position?.time, lines.at(-1)?.time);
    });
  }
}

for (const format of ["cri", "json"] as const) {
  for (const [name, lines] of Object.entries(LOGS)) {
    test(`after a kill, ${format} files tell where they end: ${name}`, async (t) => {
      const scene = stage(t);
      const options = { format, maxFiles: 2, maxFileBytes: 300 };
      const position = await killedAfter(scene, lines, options);
      assert.deepEqual(await positionOf(scene, options), position);
    });
  }

  test(`without their checkpoint, ${format} files still tell where they end, compressed ones too`, async (t) => {
    const scene = stage(t);
    const options = { format, compress: true, maxFileBytes: 300 };
    const lines = LOGS["more lines of one time than a file holds"] as LogLine[];
    const folder = await scene.open(options);
    const files = await folder.files({ id: ID, name: "web" });
    await files.write(lines);
    await folder.compressed();
    await folder.close();
    rmSync(join(scene.dir, "web", `${STEM}.checkpoint`));
    assert.deepEqual(await positionOf(scene, options), files.position);
    assert.equal(files.position?.count, 30);
  });
}

test("a count goes on where it was", async (t) => {
  const scene = stage(t);
  await killedAfter(scene, [line("a", { at: 5 }), line("b", { at: 6, stream: "stderr" })]);
  const files = await (await scene.open()).files({ id: ID, name: "web" });
  await files.write([line("c", { at: 5 })]);
  assert.deepEqual(files.position, {
    time: timeOf(5),
    stream: "stdout",
    count: 2,
    newest: { stdout: timeOf(5), stderr: timeOf(6) },
  });
});

test("half a line at the end is cut off, and counted", async (t) => {
  const scene = stage(t);
  const position = await killedAfter(scene, numbered(10, 13));
  const path = join(scene.dir, "web", `${STEM}.log`);
  appendFileSync(path, `${timeOf(13)} stdout F lin`);
  const files = await (await scene.open()).files({ id: ID, name: "web" });
  assert.deepEqual(files.position, position);
  await files.write(numbered(13, 14));
  assert.deepEqual(
    linesIn(join(scene.dir, "web")).map((text) => text.slice(-7)),
    ["line 10", "line 11", "line 12", "line 13"],
  );
  assert.equal(scene.tally.value("tallyman_log_torn_lines_total"), 1);
});

test("zeros that a power cut left at the end are cut off", async (t) => {
  const scene = stage(t);
  const position = await killedAfter(scene, numbered(10, 13));
  appendFileSync(join(scene.dir, "web", `${STEM}.log`), Buffer.alloc(200_000));
  assert.deepEqual(await positionOf(scene), position);
  assert.equal(filesIn(join(scene.dir, "web"))[0]?.text.length, 3 * 48);
});

test("raw files are cut back to their checkpoint, from which lines come again", async (t) => {
  const scene = stage(t);
  const position = await killedAfter(scene, numbered(10, 13), { format: "raw" });
  const files = await (await scene.open({ format: "raw" })).files({ id: ID, name: "web" });
  const next = files.position === undefined ? 10 : Number(files.position.time.slice(-4, -1)) + 1;
  await files.write(numbered(next, 15));
  assert.deepEqual(linesIn(join(scene.dir, "web")), ["line 10", "line 11", "line 12", "line 13", "line 14"]);
  assert.notDeepEqual(position, undefined);
});

test("raw files without a checkpoint have no position, and it is said", async (t) => {
  const scene = stage(t);
  await killedAfter(scene, numbered(10, 13), { format: "raw" });
  rmSync(join(scene.dir, "web", `${STEM}.checkpoint`));
  assert.equal(await positionOf(scene, { format: "raw" }), undefined);
  assert.deepEqual(scene.said, ["warn Checkpoint of a container's log can't be read"]);
  assert.equal(linesIn(join(scene.dir, "web")).length, 3);
});

test("a checkpoint that makes no sense is said, and the files are read instead", async (t) => {
  const scene = stage(t);
  const position = await killedAfter(scene, numbered(10, 13));
  writeFileSync(join(scene.dir, "web", `${STEM}.checkpoint`), '{"version":2}');
  assert.deepEqual(await positionOf(scene), position);
  assert.deepEqual(scene.said, ["warn Checkpoint of a container's log can't be read"]);
});

test("files that were emptied while nobody looked still tell where they ended", async (t) => {
  const scene = stage(t);
  const folder = await scene.open();
  const files = await folder.files({ id: ID, name: "web" });
  await files.write(numbered(10, 13));
  await folder.close();
  truncateSync(join(scene.dir, "web", `${STEM}.log`));
  assert.deepEqual(await positionOf(scene), files.position);
});

for (const [from, to] of [
  ["cri", "json"],
  ["json", "raw"],
  ["raw", "cri"],
] as const) {
  test(`with another format (${from}, then ${to}) lines go on in a file of their own`, async (t: TestContext) => {
    const scene = stage(t);
    const before = await scene.open({ format: from });
    await (await before.files({ id: ID, name: "web" })).write(numbered(10, 12));
    await before.close();
    const files = await (await scene.open({ format: to })).files({ id: ID, name: "web" });
    assert.equal(files.position?.time, timeOf(11));
    await files.write(numbered(12, 14));
    assert.deepEqual(
      filesIn(join(scene.dir, "web")).map(({ name, text }) => [name, text.split("\n").length - 1]),
      [
        [`${STEM}.log.000001`, 2],
        [`${STEM}.log`, 2],
      ],
    );
  });
}
