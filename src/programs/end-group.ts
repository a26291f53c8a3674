import type { ChildProcess } from "node:child_process";

/**
 * Signals a program with all that it started and that stayed in its group. Windows has no groups: there it is the process
 * itself, and any signal ends it at once. Returns why it could not, as the system's error code.
 */
export function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): string | undefined {
  if (child.pid === undefined) return undefined;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Nobody is left in it.
    return code === "ESRCH" ? undefined : code;
  }
}
