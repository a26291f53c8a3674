import { lstat, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of one run, which only our user may enter; programs may put further files beside theirs. */
export interface RunFolder {
  /** Empty when the program starts. */
  readonly metricsFile: string;
  remove(): Promise<void>;
}

const NAME = /^tallyman-program-([^-]+)-(\d+)-[^-]{6}$/;

export async function makeRunFolder(root: string = tmpdir()): Promise<RunFolder> {
  const folder = await mkdtemp(join(root, `tallyman-program-${host()}-${process.pid}-`));
  const metricsFile = join(folder, "metrics.prom");
  try {
    await writeFile(metricsFile, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
  return { metricsFile, remove: () => removeFolder(folder) };
}

/** Removes the folders of agents that were killed on this host, and tells how many. */
export async function removeLeftovers(root: string = tmpdir()): Promise<number> {
  let removed = 0;
  for (const name of await readdir(root).catch(() => [])) {
    const [, ofHost, pid] = NAME.exec(name) ?? [];
    if (ofHost !== host()) continue;
    const folder = join(root, name);
    try {
      const { uid, mtimeMs } = await lstat(folder);
      if (uid !== (process.getuid?.() ?? uid) || mayBeInUse(Number(pid), mtimeMs)) continue;
      await removeFolder(folder);
      removed++;
    } catch {
      // Another agent that starts now was first.
    }
  }
  return removed;
}

async function removeFolder(folder: string) {
  // What left its group may still be writing here.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

/** In a container the agent before us had our own number. */
function mayBeInUse(pid: number, changedAtMs: number): boolean {
  if (pid === process.pid) return changedAtMs >= Date.now() - process.uptime() * 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Of a name that several hosts see in a folder that they share. */
function host(): string {
  return hostname().replace(/[^A-Za-z0-9.]/g, "_");
}
