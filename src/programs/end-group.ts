import type { ChildProcess } from "node:child_process";

/**
 * Signals a program with all that it started and that stayed in its group. Windows has no groups: there it is the process
 * itself, and any signal ends it at once.
 */
export function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL") {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it, or it runs as another user: then what is told of it is that it can't be killed.
  }
}
