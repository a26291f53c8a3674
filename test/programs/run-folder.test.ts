import assert from "node:assert/strict";
import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { makeRunFolder, removeLeftovers } from "../../src/programs/run-folder.ts";
import { folder } from "./programs.ts";

const HOST = hostname().replace(/[^A-Za-z0-9.]/g, "_");
/** Above what any kernel gives out (proc_sys(5): pid_max is 2^22 at most). */
const NO_PID = 2 ** 22 + 1;

describe("the folder of a run", () => {
  test("has an empty file that our user alone may reach, and goes with all that is in it", async (t) => {
    const root = await folder(t);
    const made = await makeRunFolder(root);
    assert.equal((await stat(made.metricsFile)).size, 0);
    assert.equal((await stat(dirname(made.metricsFile))).mode & 0o777, 0o700);
    await mkdir(join(dirname(made.metricsFile), "more"));
    await writeFile(`${made.metricsFile}.123`, "half");
    await made.remove();
    assert.deepEqual(await readdir(root), []);
  });

  test("is removed at the next start when its agent was killed, and left alone while that may live", async (t) => {
    const root = await folder(t);
    const ours = await makeRunFolder(root);
    const kept = [
      `tallyman-program-${HOST}-${process.ppid}-aaaaaa`,
      `tallyman-program-elsewhere-${NO_PID}-bbbbbb`,
      "other",
    ];
    const left = [`tallyman-program-${HOST}-${NO_PID}-cccccc`, `tallyman-program-${HOST}-${process.pid}-dddddd`];
    for (const name of [...kept, ...left]) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, "metrics.prom"), "up 1\n");
    }
    // Of an agent that had our number before us.
    await utimes(join(root, left[1] as string), 1, 1);
    assert.equal(await removeLeftovers(root), 2);
    assert.deepEqual((await readdir(root)).sort(), [...kept, dirname(ours.metricsFile).slice(root.length + 1)].sort());
  });

  test("is looked for in vain where there is nothing", async () => {
    assert.equal(await removeLeftovers("/nowhere"), 0);
  });
});
