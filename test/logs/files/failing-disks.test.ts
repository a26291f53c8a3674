import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { LogFilesClosedError } from "../../../src/logs/files/disk-trouble.ts";
import type { LogFolderOptions } from "../../../src/logs/files/log-folder.ts";
import { eventually } from "../../support/eventually.ts";
import { diskError, disturbedDisk, type Operation } from "./support/disks.ts";
import { ID, line, linesIn, numbered, OTHER_ID, type Scene, stage } from "./support/scene.ts";

const FILE = `web-${ID.slice(0, 12)}.log`;
const CANT = "error Log lines can't be written: they wait in the engine until they can";
const AGAIN = "info Log lines are written again";
const MOVED = "info Log file was moved, removed or emptied by others: lines go on in a new one";

/** A disk with so many bytes of room: of a write for which there is too little, that little arrives, as Linux does it. */
function fullDisk({ roomBytes }: { roomBytes: number }) {
  const room = { bytes: roomBytes };
  const disk = disturbedDisk(({ name, path, args, run }) => {
    if (name !== "write" || !path.endsWith(".log")) return undefined;
    const [bytes, from, length] = args as [Buffer, number, number];
    const fitting = Math.min(length, room.bytes);
    if (fitting === 0) return Promise.reject(diskError("ENOSPC"));
    room.bytes -= fitting;
    return run(bytes, from, fitting);
  });
  return { disk, room };
}

/** Fails the operations that are meant as long as `code` is set. */
function failingDisk(isMeant: (operation: Operation) => boolean) {
  const failure: { code: string | undefined; times: number } = { code: undefined, times: 0 };
  const disk = disturbedDisk((operation) => {
    if (failure.code === undefined || !isMeant(operation)) return undefined;
    failure.times++;
    return Promise.reject(diskError(failure.code));
  });
  return { disk, failure };
}

async function openWeb(scene: Scene, options: Partial<LogFolderOptions> = {}) {
  return (await scene.open(options)).files({ id: ID, name: "web" });
}

function numbersIn(scene: Scene): number[] {
  return linesIn(join(scene.dir, "web")).map((text) => Number(/line (\d+)/.exec(text)?.[1]));
}

test("on a full disk only whole lines stay, the others wait, and all go on by themselves", async (t) => {
  const scene = stage(t);
  const { disk, room } = fullDisk({ roomBytes: 130 });
  const files = await openWeb(scene, { disk, maxFileBytes: 500 });
  const written = files.write(numbered(10, 30));
  await eventually(() => scene.tally.value("tallyman_log_write_failures_total", "code", "ENOSPC") >= 3);
  assert.deepEqual(numbersIn(scene), [10, 11]);
  assert.equal(files.position?.time.slice(-4, -1), "011");
  assert.equal(readFileSync(join(scene.dir, "web", FILE)).length, 2 * 48);
  room.bytes = 10_000;
  await written;
  assert.deepEqual(
    numbersIn(scene),
    Array.from({ length: 20 }, (_, i) => 10 + i),
  );
  assert.deepEqual(scene.said, [CANT, AGAIN]);
});

test("a full disk is said once for all containers, and so is its end", async (t) => {
  const scene = stage(t);
  const { disk, room } = fullDisk({ roomBytes: 0 });
  const folder = await scene.open({ disk });
  const web = await folder.files({ id: ID, name: "web" });
  const db = await folder.files({ id: OTHER_ID, name: "db" });
  const written = Promise.all([web.write(numbered(10, 12)), db.write(numbered(10, 12))]);
  await eventually(() => scene.tally.value("tallyman_log_write_failures_total", "code", "ENOSPC") >= 6);
  room.bytes = 10_000;
  await written;
  assert.deepEqual(scene.said, [CANT, AGAIN]);
});

test("half a line that could not be cut off at once is cut off before the next one", async (t) => {
  const scene = stage(t);
  const truncations = { fail: true };
  const room = { bytes: 130 };
  const disk = disturbedDisk(({ name, path, args, run }) => {
    if (name === "truncate" && truncations.fail) return Promise.reject(diskError("EIO"));
    if (name !== "write" || !path.endsWith(".log")) return undefined;
    const [bytes, from, length] = args as [Buffer, number, number];
    const fitting = Math.min(length, room.bytes);
    room.bytes -= fitting;
    return fitting === 0 ? Promise.reject(diskError("ENOSPC")) : run(bytes, from, fitting);
  });
  const files = await openWeb(scene, { disk });
  const written = files.write(numbered(10, 16));
  await eventually(() => scene.tally.value("tallyman_log_write_failures_total", "code", "EIO") >= 2);
  assert.equal(readFileSync(join(scene.dir, "web", FILE)).length, 130);
  room.bytes = 10_000;
  truncations.fail = false;
  await written;
  assert.deepEqual(numbersIn(scene), [10, 11, 12, 13, 14, 15]);
});

for (const code of ["EIO", "EROFS", "EDQUOT"]) {
  test(`a write that fails with ${code} is tried again, and nothing is there twice`, async (t) => {
    const scene = stage(t);
    const { disk, failure } = failingDisk(({ name }) => name === "write" || name === "truncate");
    const files = await openWeb(scene, { disk });
    await files.write(numbered(10, 12));
    failure.code = code;
    const written = files.write(numbered(12, 14));
    await eventually(() => failure.times >= 3);
    failure.code = undefined;
    await written;
    assert.deepEqual(numbersIn(scene), [10, 11, 12, 13]);
    assert.deepEqual(scene.said, [CANT, AGAIN]);
  });
}

for (const name of ["rename", "unlink", "open", "lstat"]) {
  test(`a rotation in which ${name} fails is finished when it works again`, async (t) => {
    const scene = stage(t);
    const { disk, failure } = failingDisk((operation) => operation.name === name);
    const files = await openWeb(scene, { disk, maxFileBytes: 100, maxFiles: 3 });
    await files.write(numbered(10, 16));
    failure.code = "EACCES";
    const written = files.write(numbered(16, 20));
    await eventually(() => failure.times >= 3);
    failure.code = undefined;
    await written;
    assert.deepEqual(numbersIn(scene), [14, 15, 16, 17, 18, 19]);
    assert.deepEqual(scene.said, [CANT, AGAIN]);
  });
}

test("files that can't be looked at give no position, and are waited for", async (t) => {
  const scene = stage(t);
  const before = await scene.open();
  await (await before.files({ id: ID, name: "web" })).write(numbered(10, 12));
  await before.close();
  const { disk, failure } = failingDisk(({ name, path }) => name === "lstat" && path.endsWith(".log"));
  failure.code = "EACCES";
  const opening = openWeb(scene, { disk });
  await eventually(() => failure.times >= 3);
  failure.code = undefined;
  assert.equal((await opening).position?.time.slice(-4, -1), "011");
});

test("who closes does not wait for a full disk: what was not written is not taken", async (t) => {
  const scene = stage(t);
  const { disk } = fullDisk({ roomBytes: 60 });
  const folder = await scene.open({ disk });
  const files = await folder.files({ id: ID, name: "web" });
  const refused = assert.rejects(files.write(numbered(10, 12)), LogFilesClosedError);
  await eventually(() => scene.tally.value("tallyman_log_write_failures_total", "code", "ENOSPC") >= 1);
  await folder.close();
  await refused;
  assert.deepEqual(numbersIn(scene), [10]);
  assert.equal((await openWeb(scene)).position?.time.slice(-4, -1), "010");
});

test("a slow disk holds back the one who writes", async (t) => {
  const scene = stage(t);
  const held = Promise.withResolvers<void>();
  const disk = disturbedDisk(({ name, args, run }) =>
    name === "write" ? held.promise.then(() => run(...args)) : undefined,
  );
  const files = await openWeb(scene, { disk });
  let isWritten = false;
  const written = files.write(numbered(10, 12)).then(() => {
    isWritten = true;
  });
  await new Promise(setImmediate);
  assert.equal(isWritten, false);
  assert.equal(files.position, undefined);
  held.resolve();
  await written;
  assert.deepEqual(numbersIn(scene), [10, 11]);
});

/** The writer looks after its file every second or MiB: a line this long makes it look. */
const LONG = line("x".repeat(1_100_000), { at: 50 });

test("the folder is gone: it is made anew, with what was written since it was last seen there", async (t) => {
  const scene = stage(t);
  const files = await openWeb(scene, { maxFileBytes: 10_000_000 });
  await files.write(numbered(10, 12));
  rmSync(join(scene.dir, "web"), { recursive: true });
  await files.write(numbered(12, 14));
  await files.write([LONG]);
  await files.write(numbered(60, 61));
  assert.deepEqual(
    linesIn(join(scene.dir, "web")).map((text) => text.slice(40, 47)),
    ["line 10", "line 11", "line 12", "line 13", "xxxxxxx", "line 60"],
  );
  assert.deepEqual(scene.said, [MOVED]);
});

for (const format of ["cri", "raw"] as const) {
  test(`lines written just before the folder went are there after a stop all the same (${format})`, async (t) => {
    const scene = stage(t);
    const folder = await scene.open({ format });
    const files = await folder.files({ id: ID, name: "web" });
    await files.write(numbered(10, 12));
    rmSync(join(scene.dir, "web"), { recursive: true });
    await files.write(numbered(12, 14));
    await folder.close();
    assert.deepEqual(numbersIn(scene), [10, 11, 12, 13]);
    assert.equal((await openWeb(scene, { format })).position?.time.slice(-4, -1), "013");
  });
}

test("a file that others renamed keeps what it has, and the next lines go into a new one", async (t) => {
  const scene = stage(t);
  const path = join(scene.dir, "web", FILE);
  const files = await openWeb(scene, { maxFileBytes: 10_000_000 });
  await files.write([...numbered(10, 12), LONG]);
  renameSync(path, `${path}-20261121`);
  await files.write(numbered(60, 62));
  assert.deepEqual(numbersIn(scene), [60, 61]);
  assert.match(readFileSync(`${path}-20261121`, "latin1"), /line 10\n.* line 11\n.* x+\n$/);
  const { position } = files;
  await files.close();
  assert.equal(position?.time.slice(-4, -1), "061");
});

test("a file that others emptied goes on, and the position with it", async (t) => {
  const scene = stage(t);
  const folder = await scene.open({ maxFileBytes: 10_000_000 });
  const files = await folder.files({ id: ID, name: "web" });
  await files.write([...numbered(10, 12), LONG]);
  truncateSync(join(scene.dir, "web", FILE));
  await files.write(numbered(60, 62));
  assert.deepEqual(numbersIn(scene), [60, 61]);
  await folder.close();
  assert.equal((await openWeb(scene)).position?.time.slice(-4, -1), "061");
});

test("something else stands where the file should be: it is left alone, said, and waited for", async (t) => {
  const scene = stage(t);
  const path = join(scene.dir, "web", FILE);
  const files = await openWeb(scene);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "theirs"), "");
  const written = files.write(numbered(10, 12));
  await eventually(() => scene.said.length > 0);
  assert.deepEqual(scene.said, [CANT]);
  rmSync(path, { recursive: true });
  await written;
  assert.equal(basename(path), FILE);
  assert.deepEqual(numbersIn(scene), [10, 11]);
});
