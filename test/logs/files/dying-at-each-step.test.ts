import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { LogFolderOptions } from "../../../src/logs/files/log-folder.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { DiedError, disturbedDisk, dyingDisk } from "./support/disks.ts";
import { linesAfter } from "./support/resume.ts";
import { filesIn, ID, line, stage } from "./support/scene.ts";

/** Pairs of one time, both streams, a part of a line among them: files of two lines. */
const LINES = Array.from({ length: 12 }, (_, i) =>
  line(`line ${10 + i}`, { at: Math.floor(i / 2), stream: i % 5 === 0 ? "stderr" : "stdout", isPart: i === 7 }),
);
const FILE_BYTES = { cri: 96, json: 180, raw: 16 };

for (const format of ["cri", "json", "raw"] as const) {
  for (const maxFiles of [1, 3, 100]) {
    test(`dying at any step of writing ${maxFiles} ${format} files at most, each line is there once`, async (t) => {
      const options = { format, maxFiles, maxFileBytes: FILE_BYTES[format] };
      let steps = 1;
      while (await diesAt(t, steps, options)) steps++;
      assert.ok(steps > 80, `${steps} steps`);
    });
  }
}

/** Whether the run was not over before that step. */
async function diesAt(t: TestContext, step: number, options: Partial<LogFolderOptions>): Promise<boolean> {
  const { dir, open } = stage(t);
  const disk = dyingDisk(step);
  await run(open, { ...options, disk }).catch((error: unknown) => {
    if (!(error instanceof DiedError) && !disk.isDead) throw error;
  });
  // Dies again while it recovers, at another step each time.
  const again = dyingDisk((step % 17) + 1);
  await run(open, { ...options, disk: again }).catch((error: unknown) => {
    if (!(error instanceof DiedError) && !again.isDead) throw error;
  });
  await run(open, { ...options, disk: disturbedDisk(() => undefined) });
  const files = filesIn(join(dir, "web"));
  const texts = files.flatMap(({ text }) => text.match(/line \d\d/g) ?? []);
  const { maxFiles = 0 } = options;
  assert.ok(files.length <= maxFiles, `${files.length} files after a death at step ${step}`);
  const kept = maxFiles === 100 ? LINES : LINES.slice(-texts.length);
  assert.ok(texts.length > 0);
  assert.deepEqual(texts, kept.map(textOf), `after a death at step ${step}`);
  rmSync(dir, { recursive: true });
  return disk.isDead;
}

async function run(open: ReturnType<typeof stage>["open"], options: Partial<LogFolderOptions>) {
  const folder = await open(options);
  try {
    const files = await folder.files({ id: ID, name: "web" });
    for (const one of linesAfter(LINES, files.position)) await files.write([one]);
  } finally {
    await folder.close();
  }
}

function textOf({ bytes }: LogLine): string {
  return bytes.toString();
}
