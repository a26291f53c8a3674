import type { Log } from "../log.ts";

export function agentStarted(log: Log, about: { version: string; settings: Record<string, string>; file?: string }) {
  log.info("Tallyman started", about);
}

/** Something about the settings that is worth telling once, though nothing is wrong. */
export function settingNoted(log: Log, note: string) {
  log.warn("Settings note", { note });
}

export function nothingLeaves(log: Log) {
  log.warn("Nothing leaves the agent: it pushes nothing, and its door is off");
}

export function agentStopping(log: Log, signal: string) {
  log.info("Tallyman is stopping: a last push, then the end of every series", { signal });
}

export function agentStopped(log: Log) {
  log.info("Tallyman stopped");
}
