import { readdirSync, readFileSync } from "node:fs";

/** One that has ended and whom nobody has waited for yet runs no more. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // No such process, or no /proc.
  }
  try {
    process.kill(pid, 0);
    return process.platform !== "linux";
  } catch {
    return false;
  }
}

/** The children of a process that have ended, and that it did not wait for; none where there is no /proc. */
export function zombiesOf(parent: number): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return new RegExp(`^\\d+ \\(.*\\) Z ${parent} `, "s").test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  });
}
