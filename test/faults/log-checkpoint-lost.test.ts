import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type LogFolder, openLogFolder } from "../../src/logs/files/log-folder.ts";
import type { LogLine } from "../../src/logs/log-line.ts";
import { SILENT_LOG } from "../../src/telemetry/log.ts";
import { createTally } from "../../src/telemetry/tally.ts";

const ID = "8b2b7f6468983217b5f161697cfeeab71cab046b89bcd1b7967501eed1ae074c";

test("files that a kill left before their first checkpoint are gone on with, at every later start too", async (t) => {
  const dir = temporaryFolder(t);
  await inFolder(dir, async (folder) => {
    const files = await folder.files({ id: ID, name: "web" });
    await files.write([line(1)]);
    await files.close();
  });
  rmSync(join(dir, "web", `web-${ID.slice(0, 12)}.checkpoint`));
  for (const number of [2, 3]) {
    await inFolder(dir, async (folder) => {
      const files = await folder.files({ id: ID, name: "web" });
      assert.equal(files.position?.time, line(number - 1).time);
      await files.write([line(number)]);
      await files.close();
      assert.deepEqual(
        (await folder.list()).map(({ id }) => id),
        [ID],
      );
    });
  }
});

test("another container whose id begins with the same twelve digits is refused", async (t) => {
  const dir = temporaryFolder(t);
  await inFolder(dir, async (folder) => {
    await (await folder.files({ id: ID, name: "web" })).close();
    const other = `${ID.slice(0, 12)}${"0".repeat(52)}`;
    await assert.rejects(folder.files({ id: other, name: "other" }), /whose id begins like that of/);
  });
});

function line(number: number): LogLine {
  return {
    stream: "stdout",
    time: `2026-11-21T05:00:00.00000000${number}Z`,
    bytes: Buffer.from(`line ${number}`),
    isPart: false,
  };
}

async function inFolder(dir: string, work: (folder: LogFolder) => Promise<void>): Promise<void> {
  const folder = await openLogFolder({
    dir,
    format: "cri",
    maxFileBytes: 10_000,
    maxFiles: 3,
    compress: false,
    fileMode: 0o640,
    folderMode: 0o750,
    telemetry: { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) },
  });
  try {
    await work(folder);
  } finally {
    await folder.close();
  }
}

function temporaryFolder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "log-checkpoint-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
