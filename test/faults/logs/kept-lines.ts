import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogStream } from "../../../src/logs/log-line.ts";

/** The lines of one container as its files have them, one byte a character, in order. */
export type KeptLines = Record<LogStream, string[]>;

/** Reads CRI files by nothing of ours; whole lines only. */
export function keptLines(dir: string, containerId: string): KeptLines {
  const kept: KeptLines = { stdout: [], stderr: [] };
  const begun = { stdout: "", stderr: "" };
  for (const record of recordsOf(dir, containerId)) {
    const [, stream, tag, text = ""] = /^\S{20,35} (stdout|stderr) ([FP]) (.*)$/s.exec(record) ?? [];
    if (stream !== "stdout" && stream !== "stderr") throw new Error(`No line of CRI: ${record.slice(0, 100)}`);
    begun[stream] += text;
    if (tag === "P") continue;
    kept[stream].push(begun[stream]);
    begun[stream] = "";
  }
  return kept;
}

function recordsOf(dir: string, containerId: string): string[] {
  const own = new RegExp(`-${containerId.slice(0, 12)}\\.log(?:\\.(\\d+))?$`);
  // Links of renamed containers lead to files that are there already.
  return readdirSync(dir, { withFileTypes: true })
    .filter((folder) => folder.isDirectory())
    .flatMap(({ name }) => readdirSync(join(dir, name), { withFileTypes: true }).map((file) => ({ name, file })))
    .filter(({ file }) => file.isFile())
    .map(({ name, file }) => join(name, file.name))
    .flatMap((path) => {
      const match = own.exec(path);
      return match ? [{ path, sequence: Number(match[1] ?? Number.POSITIVE_INFINITY) }] : [];
    })
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
    .flatMap(({ path }) => readFileSync(join(dir, path), "latin1").split("\n").slice(0, -1));
}
