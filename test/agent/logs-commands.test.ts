import assert from "node:assert/strict";
import { appendFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkpoint, cri, emptyFolder, put, WEB, WEB_ID } from "../logs/kept/kept-folder.ts";
import { at } from "../logs/kept/lines-of.ts";
import { eventually } from "../support/eventually.ts";
import { runTallyman, startTallyman } from "./harness/tallyman.ts";

const CURRENT = `web/web-${WEB}.log`;

function keptWeb(t: { after(work: () => void): void }): { dir: string; env: Record<string, string> } {
  const dir = emptyFolder(t);
  put(dir, {
    [`${CURRENT}.000001.gz`]: cri(1, 2),
    [`${CURRENT}.000002`]: `${at(3)} stderr F level=error msg=three\n`,
    [CURRENT]: cri(4, 5),
    [`web/web-${WEB}.checkpoint`]: checkpoint({ sequence: 3 }),
  });
  return { dir, env: { LOGS_DIR: dir, TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock" } };
}

describe("tallyman logs ls", { concurrency: 3 }, () => {
  test("tells of each container its files, their size and its newest line, without engine and lock", async (t) => {
    const { dir, env } = keptWeb(t);
    put(dir, {
      "job/job-ba9876543210.log": cri(7),
      "job/job-ba9876543210.checkpoint": checkpoint({ id: "ba9876543210", name: "job", removedAtMs: 0 }),
    });
    const { code, stdout, stderr } = await runTallyman(env, "logs");
    assert.deepEqual([code, stderr], [0, ""]);
    const [head, job, web] = stdout.split("\n");
    assert.match(head ?? "", /^CONTAINER +ID +FILES +SIZE +NEWEST LINE +AGE$/);
    assert.match(job ?? "", /^job +ba9876543210 +1 +\d+ B +2026-11-21T05:00:07Z +\w+ +removed 1970-01-01T00:00:00Z$/);
    assert.match(web ?? "", /^web +0123456789ab +3 +\d+ B +2026-11-21T05:00:05Z +\w+$/);
  });

  test("tells it as JSON too", async (t) => {
    const { dir, env } = keptWeb(t);
    const { stdout } = await runTallyman(env, "logs", "ls", "--json");
    const [row, ...others] = JSON.parse(stdout) as Record<string, unknown>[];
    assert.deepEqual(others, []);
    const { bytes, ageSeconds, ...rest } = row as { bytes: number; ageSeconds: number };
    assert.ok(bytes > 100 && Number.isInteger(ageSeconds));
    assert.deepEqual(rest, { name: "web", id: WEB_ID, folder: join(dir, "web"), files: 3, newestLine: at(5) });
  });

  test("names the folder that is not there, and where its name came from", async () => {
    const { code, stdout, stderr } = await runTallyman({ LOGS_DIR: "/nowhere/logs" }, "logs", "ls");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^tallyman: \/nowhere\/logs \(logs\.dir, LOGS_DIR\): there is no such folder\./);
  });

  test("says that nothing is kept yet", async (t) => {
    const dir = emptyFolder(t);
    const { code, stdout } = await runTallyman({ LOGS_DIR: dir }, "logs");
    assert.deepEqual([code, stdout], [0, `No container's log is kept in ${dir}.`]);
  });
});

describe("tallyman logs show", { concurrency: 3 }, () => {
  const wishes: Record<string, string[]> = {
    web: ["1", "2", "level=error msg=three", "4", "5"],
    "0123456789ab": ["1", "2", "level=error msg=three", "4", "5"],
    "web --tail 2": ["4", "5"],
    "web --since 2026-11-21T05:00:02Z --until 2026-11-21T05:00:04Z": ["2", "level=error msg=three", "4"],
    "web --level warning": ["level=error msg=three"],
    "web --stream stdout --since 2026-11-21T05:00:03Z": ["4", "5"],
    "web -t -n 1": [`${at(5)} 5`],
    "web-new": ["1", "2", "level=error msg=three", "4", "5"],
  };
  for (const [line, expected] of Object.entries(wishes)) {
    test(`prints what is asked for: ${line}`, async (t) => {
      const { dir, env } = keptWeb(t);
      symlinkSync("web", join(dir, "web-new"));
      const { code, stdout, stderr } = await runTallyman(env, "logs", "show", ...line.split(" "));
      assert.deepEqual([code, stderr, stdout.split("\n")], [0, "", expected]);
    });
  }

  test("prints what several containers of a name wrote, by time", async (t) => {
    const { dir, env } = keptWeb(t);
    put(dir, { "web/web-ba9876543210.log": cri(2.5, 6) });
    const { stdout } = await runTallyman(env, "logs", "show", "web");
    assert.deepEqual(stdout.split("\n"), ["1", "2", "2.5", "level=error msg=three", "4", "5", "6"]);
  });

  test("reads levels by the rules that the agent reads them by", async (t) => {
    const { dir, env } = keptWeb(t);
    put(dir, {
      "levels.json": '{ "default_mapping": { "error_keywords": ["4"], "warning_keywords": [] }, "mappings": [] }',
    });
    const mapped = { ...env, LOG_LEVELS_MAPPING_PATH: join(dir, "levels.json") };
    assert.equal((await runTallyman(mapped, "logs", "show", "web", "--level", "error")).stdout, "4");
    writeFileSync(join(dir, "levels.json"), "{\n nonsense: 1 }");
    const { code, stderr } = await runTallyman(mapped, "logs", "show", "web");
    assert.equal(code, 2);
    assert.match(stderr, /levels\.json:\d+:\d+: /);
  });

  test("says which names there are when it does not know one", async (t) => {
    const { dir, env } = keptWeb(t);
    const { code, stdout, stderr } = await runTallyman(env, "logs", "show", "nobody");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(stderr, `tallyman: ${dir} has no container nobody; tallyman logs ls lists those that it has.`);
  });

  test("says that lines without times can't be chosen by time", async (t) => {
    const { dir, env } = keptWeb(t);
    put(dir, { [`web/web-${WEB}.checkpoint`]: checkpoint({ format: "raw" }) });
    const { code, stderr } = await runTallyman(env, "logs", "show", "web", "--since", "1h");
    assert.equal(code, 2);
    assert.match(stderr, /--since can't be answered/);
  });

  test("goes on with what is added, over a rotation, when it follows", async (t) => {
    const { dir, env } = keptWeb(t);
    const current = join(dir, CURRENT);
    const show = startTallyman(env, "logs", "show", "web", "--follow", "--tail", "1");
    t.after(() => show.end("SIGKILL", 1_000));
    await eventually(() => show.stdout.at(-1) === "5");
    appendFileSync(current, cri(6));
    renameSync(current, `${current}.000003`);
    writeFileSync(current, cri(7));
    await eventually(() => show.stdout.at(-1) === "7");
    assert.deepEqual(show.stdout, ["5", "6", "7"]);
  });

  test("goes on with the container that takes the name's place, when it follows", async (t) => {
    const { dir, env } = keptWeb(t);
    const show = startTallyman(env, "logs", "show", "web", "--follow", "--tail", "1");
    t.after(() => show.end("SIGKILL", 1_000));
    await eventually(() => show.stdout.at(-1) === "5");
    appendFileSync(join(dir, CURRENT), cri(6));
    put(dir, {
      [`web/web-${WEB}.checkpoint`]: checkpoint({ name: "web-old", sequence: 3, removedAtMs: 0 }),
      "web/web-ba9876543210.log": cri(7),
      "web/web-ba9876543210.checkpoint": checkpoint({ id: "ba9876543210", name: "web" }),
    });
    await eventually(() => show.stdout.at(-1) === "7");
    appendFileSync(join(dir, "web/web-ba9876543210.log"), cri(8));
    await eventually(() => show.stdout.at(-1) === "8");
    assert.deepEqual(show.stdout, ["5", "6", "7", "8"]);
  });
});
