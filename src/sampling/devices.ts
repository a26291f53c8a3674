import { readFileSync } from "node:fs";

export type ReadText = (path: string) => string | undefined;

/** The file's text, or nothing where it can't be read. */
export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const REREAD_AFTER_MS = 60_000;

/**
 * Names of the machine's block devices by number, from /proc/diskstats: an ordinary container sees the host's without
 * any mount (recordings: in-container). An unknown number has it read again, at most once a minute.
 */
export function createDeviceNames({ read = readText, nowMs = Date.now } = {}) {
  let names = new Map<string, string>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  return (major: number, minor: number): string | undefined => {
    const number = `${major}:${minor}`;
    if (!names.has(number) && nowMs() - readAtMs >= REREAD_AFTER_MS) {
      names = namesFromDiskstats(read("/proc/diskstats") ?? "");
      readAtMs = nowMs();
    }
    return names.get(number);
  };
}

/** Each line begins "major minor name" (Documentation/admin-guide/iostats.rst of Linux 6.x). */
function namesFromDiskstats(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [major, minor, name] = line.trim().split(/\s+/);
    if (name !== undefined) names.set(`${major}:${minor}`, `/dev/${name.replaceAll("!", "/")}`);
  }
  return names;
}
