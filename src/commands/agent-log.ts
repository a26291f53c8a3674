import type { Settings } from "../settings/schema.ts";
import { createLog, type Log } from "../telemetry/log.ts";

/** The agent's own log, on standard error: text where a person reads it, JSON otherwise. */
export function agentLog({ log: { level, format } }: Settings): Log {
  return createLog({ level, format: format === "auto" ? (process.stderr.isTTY ? "text" : "json") : format });
}
