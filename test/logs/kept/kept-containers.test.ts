import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { containersNamed, keptContainers } from "../../../src/logs/kept/kept-containers.ts";
import { checkpoint, cri, emptyFolder, put, WEB, WEB_ID } from "./kept-folder.ts";

describe("what a folder keeps", () => {
  test("is told by container, its files the oldest first, the one that is written to last", async (t) => {
    const dir = emptyFolder(t);
    put(dir, {
      [`web/web-${WEB}.log.000002`]: cri(2),
      [`web/web-${WEB}.log.000001.gz`]: cri(1),
      [`web/web-${WEB}.log`]: cri(3),
      [`web/web-${WEB}.checkpoint`]: checkpoint({ sequence: 3 }),
      "db/db-ba9876543210.log": cri(1),
    });
    const containers = await keptContainers(dir);
    assert.deepEqual(
      containers.map(({ name, id, files }) => [name, id, files.map(({ path }) => basename(path))]),
      [
        ["db", "ba9876543210", ["db-ba9876543210.log"]],
        ["web", WEB_ID, [`web-${WEB}.log.000001.gz`, `web-${WEB}.log.000002`, `web-${WEB}.log`]],
      ],
    );
    assert.deepEqual(
      containers[1]?.files.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
  });

  test("leaves out what is no file of ours, unfinished or there twice while it is compressed", async (t) => {
    const dir = emptyFolder(t);
    put(dir, {
      ".lock": "",
      "notes.txt": "",
      "web/notes.txt": "",
      [`web/web-${WEB}.log.000001`]: cri(1),
      [`web/web-${WEB}.log.000001.gz`]: cri(1),
      [`web/web-${WEB}.log.000001.gz.tmp`]: "",
      "old/.keep": "",
    });
    put(dir, { [`elsewhere/web-${WEB}.log.000009`]: cri(9) });
    symlinkSync(join(dir, `elsewhere/web-${WEB}.log.000009`), join(dir, `web/web-${WEB}.log.000009`));
    const web = (await keptContainers(dir)).find(({ folder }) => basename(folder) === "web");
    assert.deepEqual(
      web?.files.map(({ path }) => basename(path)),
      [`web-${WEB}.log.000001.gz`],
    );
  });

  test("is told though a checkpoint can't be read", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [`web/web-${WEB}.log`]: cri(1), [`web/web-${WEB}.checkpoint`]: "{" });
    assert.deepEqual(
      (await keptContainers(dir)).map(({ name, id }) => [name, id]),
      [["web", WEB]],
    );
  });

  test("can't be told of a folder that is not there", async (t) => {
    await assert.rejects(keptContainers(join(emptyFolder(t), "none")), { code: "ENOENT" });
  });
});

describe("a container is found", () => {
  async function folder(t: { after(work: () => void): void }) {
    const dir = emptyFolder(t);
    put(dir, {
      // Renamed to make place for the next "web", as compose and blue-green deployments do.
      [`web/web-${WEB}.log`]: cri(1),
      [`web/web-${WEB}.checkpoint`]: checkpoint({ name: "/web-old" }),
      "web/web-ba9876543210.log": cri(2),
      "web/web-ba9876543210.checkpoint": checkpoint({ id: "ba9876543210".padEnd(64, "0") }),
    });
    symlinkSync("web", join(dir, "web-old"));
    symlinkSync("web", join(dir, "web-between"));
    return keptContainers(dir);
  }

  for (const [how, name, ids] of [
    ["by its name", "web", ["ba9876543210"]],
    ["by the name that it was given later", "web-old", [WEB]],
    ["by the beginning of its id", "0123", [WEB]],
    ["by its whole id", WEB_ID, [WEB]],
    ["by a name that it once had, like all of that folder", "web-between", ["ba9876543210", WEB]],
    ["not by a name that none has", "nobody", []],
    ["not by too little of an id", "012", []],
  ] as const) {
    test(how, async (t) => {
      const found = containersNamed(await folder(t), name).map(({ id }) => id.slice(0, 12));
      assert.deepEqual(found, ids);
    });
  }
});
