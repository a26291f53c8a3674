import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { startChild } from "../../support/child.ts";
import { seeded } from "../../support/seeded.ts";
import { filesIn, stage } from "./support/scene.ts";

const WRITER = join(import.meta.dirname, "support/write-numbered.ts");
/** For each format. With 10 there are more than a thousand rotations. */
const KILLS = Number(process.env.TALLYMAN_TEST_KILLS ?? 10);
const LINES_A_KILL = 1_000;

for (const [format, maxFileBytes, compress] of [
  ["cri", 500, false],
  ["json", 4_000, true],
  ["raw", 300, false],
] as const) {
  const seed = Number(process.env.TALLYMAN_TEST_SEED ?? 1) + format.length * 1_000 + Number(compress);

  test(`killed ${KILLS} times while it rotates, ${format} files hold every line once (seed ${seed})`, async (t) => {
    const { dir } = stage(t);
    const random = seeded(seed);
    const lineCount = KILLS * LINES_A_KILL;
    const options = { dir, seed, format, compress, maxFileBytes, maxFiles: 100_000, lineCount };
    const command = [process.execPath, WRITER, JSON.stringify(options)] as const;
    let kills = 0;
    for (let isDone = false; !isDone; ) {
      const writer = startChild({ name: `the writer of seed ${seed}`, command: [...command] });
      await writer.ready(() => writer.stdout.includes("writing"), 20_000);
      if (kills < KILLS) {
        // The moment is what is random here; whatever it meets must be right.
        await wait(random() * 120);
        const { signal } = await writer.end("SIGKILL", 1_000);
        assert.deepEqual(writer.stderr, []);
        if (signal === "SIGKILL") kills++;
      } else assert.deepEqual(await writer.exit(60_000), { code: 0, signal: null, tookMs: 0 });
      isDone = writer.stdout.includes("done");
    }
    const files = filesIn(join(dir, "web"));
    const numbers = files.flatMap(({ text }) => [...text.matchAll(/line (\d+)/g)].map(([, number]) => Number(number)));
    assert.deepEqual(
      numbers,
      Array.from({ length: lineCount }, (_, i) => i),
    );
    const sequences = files.slice(0, -1).map(({ name }) => Number(/\.log\.(\d+)/.exec(name)?.[1]));
    assert.deepEqual(
      sequences,
      sequences.map((_, i) => i + 1),
    );
    for (const [i, { text, name }] of files.entries()) {
      const lines = text.split("\n").slice(0, -1);
      assert.ok(text.endsWith("\n") && (text.length <= maxFileBytes || lines.length === 1), name);
      const next = files[i + 1]?.text.split("\n")[0];
      if (next !== undefined) assert.ok(text.length + next.length + 1 > maxFileBytes, `${name} was rotated too early`);
    }
    t.diagnostic(`${kills} kills, ${files.length} files, ${numbers.length} lines`);
  });
}
