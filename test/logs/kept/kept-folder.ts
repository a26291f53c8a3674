import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type KeptContainer, keptContainers, keptFiles } from "../../../src/logs/kept/kept-containers.ts";
import { readKept } from "../../../src/logs/kept/read-kept.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { at } from "./lines-of.ts";

export const WEB = "0123456789ab";
export const WEB_ID = WEB.padEnd(64, "0");

/** A folder for a test, gone with it. */
export function emptyFolder(t: { after(work: () => void): void }): string {
  const dir = mkdtempSync(join(tmpdir(), "kept-logs-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes files by their paths in the folder; of those that end in .gz what is given is compressed. */
export function put(dir: string, files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), path.endsWith(".gz") ? gzipSync(text) : text);
  }
}

/** Lines of cri: of these seconds, saying the same. */
export function cri(...seconds: number[]): string {
  return seconds.map((second) => `${at(second)} stdout F ${second}\n`).join("");
}

export function checkpoint(fields: object): string {
  const whole = { version: 1, id: WEB_ID, name: "web", format: "cri", sequence: 1, size: 0, ...fields };
  return `${JSON.stringify(whole)}\n`;
}

export async function theContainer(dir: string): Promise<KeptContainer> {
  const [container] = await keptContainers(dir);
  if (container === undefined) throw new Error(`${dir} has no container`);
  return container;
}

/** Reads all; `more` is asked at the end of what there is. */
export async function readAll(
  container: KeptContainer,
  { more = async () => false, onLines = () => undefined }: { more?: () => Promise<boolean>; onLines?: () => void } = {},
): Promise<{ texts: string[]; unreadable: string[] }> {
  const lines: LogLine[] = [];
  const unreadable: string[] = [];
  const format = container.checkpoint?.format;
  const onUnreadable = (path: string) => void unreadable.push(path);
  for await (const batch of readKept({ format, list: () => keptFiles(container), more, onUnreadable })) {
    lines.push(...batch);
    onLines();
  }
  return { texts: lines.map(({ bytes }) => String(bytes)), unreadable };
}
