import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { type LogFolder, type LogFolderOptions, openLogFolder } from "../../../../src/logs/files/log-folder.ts";
import type { LogLine, LogStream } from "../../../../src/logs/log-line.ts";
import type { Log } from "../../../../src/telemetry/log.ts";
import { createTally, type Tally } from "../../../../src/telemetry/tally.ts";

export const ID = "0123456789ab".padEnd(64, "c");
export const OTHER_ID = "fedcba987654".padEnd(64, "d");

export interface Scene {
  readonly dir: string;
  readonly said: readonly string[];
  readonly tally: Tally;
  open(options?: Partial<LogFolderOptions>): Promise<LogFolder>;
}

/** A folder of its own that goes with the test, and what was said at warn and error, and at info. */
export function stage(t: TestContext, dir = mkdtempSync(join(tmpdir(), "tallyman-files-"))): Scene {
  const said: string[] = [];
  const say = (level: string) => (message: string) => said.push(`${level} ${message}`);
  const log: Log = { error: say("error"), warn: say("warn"), info: say("info"), debug() {} };
  const tally = createTally({ startedAtMs: 0 });
  const opened: LogFolder[] = [];
  t.after(async () => {
    for (const folder of opened) await folder.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    dir,
    said,
    tally,
    async open(options = {}) {
      const folder = await openLogFolder({ ...defaults(dir), telemetry: { log, tally }, ...options });
      opened.push(folder);
      return folder;
    },
  };
}

export function defaults(dir: string) {
  return {
    dir,
    format: "cri",
    maxFileBytes: 1_000,
    maxFiles: 100,
    compress: false,
    fileMode: 0o640,
    folderMode: 0o750,
    retry: { firstMs: 2, maxMs: 20 },
  } as const;
}

export function timeOf(nanoseconds: number): string {
  return `2026-11-21T05:00:00.${String(nanoseconds).padStart(9, "0")}Z`;
}

export function line(
  text: string | Buffer,
  about: { at?: number; stream?: LogStream; isPart?: boolean } = {},
): LogLine {
  const { at = 1, stream = "stdout", isPart = false } = about;
  return { time: timeOf(at), stream, isPart, bytes: Buffer.from(text) };
}

/** "line 17" and the like, a nanosecond apart. */
export function numbered(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from }, (_, i) => line(`line ${from + i}`, { at: from + i }));
}

/** The container's log files, oldest first, with what is in them. */
export function filesIn(folder: string): { name: string; text: string }[] {
  const names = readdirSync(folder).filter((name) => /\.log(\.\d+(\.gz)?)?$/.test(name));
  const sorted = names.sort((a, b) => sequenceOf(a) - sequenceOf(b));
  return sorted.map((name) => ({ name, text: contentOf(join(folder, name)).toString("latin1") }));
}

export function linesIn(folder: string): string[] {
  return filesIn(folder).flatMap(({ text }) => text.split("\n").slice(0, -1));
}

function sequenceOf(name: string): number {
  return Number(/\.log\.(\d+)/.exec(name)?.[1] ?? Number.MAX_VALUE);
}

function contentOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
