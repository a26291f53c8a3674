import assert from "node:assert/strict";
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkpoint, cri, emptyFolder, put, readAll, theContainer, WEB } from "./kept-folder.ts";

const CURRENT = `web/web-${WEB}.log`;

describe("the lines of a container", () => {
  test("are read over all its files, rotated and compressed ones too", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [`${CURRENT}.000001.gz`]: cri(1, 2), [`${CURRENT}.000002`]: cri(3), [CURRENT]: cri(4, 5) });
    const { texts } = await readAll(await theContainer(dir));
    assert.deepEqual(texts, ["1", "2", "3", "4", "5"]);
  });

  test("are read in the format that each file has", async (t) => {
    const dir = emptyFolder(t);
    const json = '{"log":"2\\n","stream":"stdout","time":"2026-11-21T05:00:02Z"}\n';
    put(dir, { [`${CURRENT}.000001`]: cri(1), [`${CURRENT}.000002`]: json, [CURRENT]: "3\n" });
    assert.deepEqual((await readAll(await theContainer(dir))).texts, ["1", "2", "3"]);
  });

  test("are bytes alone where the checkpoint says that they are written so, whatever they look like", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [CURRENT]: cri(1), [`web/web-${WEB}.checkpoint`]: checkpoint({ format: "raw" }) });
    assert.deepEqual((await readAll(await theContainer(dir))).texts, [cri(1).trimEnd()]);
  });

  test("may be longer than what is read at once", async (t) => {
    const dir = emptyFolder(t);
    const long = "x".repeat(1_000_000);
    put(dir, { [CURRENT]: `${cri(1).replace("1\n", `${long}\n`)}${cri(2)}` });
    assert.deepEqual(
      (await readAll(await theContainer(dir))).texts.map(({ length }) => length),
      [1_000_000, 1],
    );
  });

  test("leave out a last one that is not whole yet", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [CURRENT]: cri(1, 2).slice(0, -2) });
    assert.deepEqual((await readAll(await theContainer(dir))).texts, ["1"]);
  });

  test("go on after a file that can't be read, which is told", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [`${CURRENT}.000002`]: cri(2), [CURRENT]: cri(3) });
    writeFileSync(join(dir, `${CURRENT}.000001.gz`), gzipSync(cri(1, 1, 1, 1)).subarray(0, 30));
    const { texts, unreadable } = await readAll(await theContainer(dir));
    assert.deepEqual(texts, ["2", "3"]);
    assert.deepEqual(unreadable, [join(dir, `${CURRENT}.000001.gz`)]);
  });
});

describe("lines that are added while somebody reads", () => {
  /** Does one step each time that the reader has come to the end, and gives what it read in all. */
  async function following(dir: string, steps: (() => void)[]) {
    const left = [...steps];
    const more = async () => {
      const step = left.shift();
      step?.();
      return step !== undefined;
    };
    return (await readAll(await theContainer(dir), { more })).texts;
  }

  test("are read once, also one that came in two pieces", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [CURRENT]: cri(1) });
    const two = cri(2);
    const texts = await following(dir, [
      () => appendFileSync(join(dir, CURRENT), two.slice(0, 40)),
      () => appendFileSync(join(dir, CURRENT), two.slice(40) + cri(3)),
      () => undefined,
    ]);
    assert.deepEqual(texts, ["1", "2", "3"]);
  });

  test("are read though a torn line is cut off and written anew", async (t) => {
    const dir = emptyFolder(t);
    put(dir, { [CURRENT]: cri(1) + cri(2).slice(0, 20) });
    const texts = await following(dir, [
      () => truncateSync(join(dir, CURRENT), cri(1).length),
      () => appendFileSync(join(dir, CURRENT), cri(7)),
      () => undefined,
    ]);
    assert.deepEqual(texts, ["1", "7"]);
  });

  test("are read over rotations, several at once, compressed at once", async (t) => {
    const dir = emptyFolder(t);
    const current = join(dir, CURRENT);
    put(dir, { [CURRENT]: cri(1) });
    const texts = await following(dir, [
      () => {
        appendFileSync(current, cri(2));
        renameSync(current, `${current}.000001`);
        writeFileSync(current, cri(3));
      },
      () => {
        renameSync(current, `${current}.000002`);
        put(dir, { [`${CURRENT}.000003.gz`]: cri(4), [`${CURRENT}.000004`]: cri(5), [CURRENT]: cri(6) });
        put(dir, { [`${CURRENT}.000002.gz`]: cri(3) });
        rmSync(`${current}.000002`);
      },
      () => appendFileSync(current, cri(7)),
      () => undefined,
    ]);
    assert.deepEqual(texts, ["1", "2", "3", "4", "5", "6", "7"]);
  });

  test("are read though all rotated files are gone, since the checkpoint knows the number", async (t) => {
    const dir = emptyFolder(t);
    const current = join(dir, CURRENT);
    const numbered = (sequence: number) => put(dir, { [`web/web-${WEB}.checkpoint`]: checkpoint({ sequence }) });
    put(dir, { [CURRENT]: cri(1) });
    numbered(7);
    const texts = await following(dir, [
      () => {
        writeFileSync(`${current}.beside`, cri(2));
        renameSync(`${current}.beside`, current);
        numbered(8);
      },
      () => undefined,
    ]);
    assert.deepEqual(texts, ["1", "2"]);
  });
});
