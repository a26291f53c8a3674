import type { Telemetry } from "../telemetry.ts";

interface Folder {
  readonly dir: string;
  readonly format: string;
}

export function logPumpStarted({ log }: Telemetry, folder: Folder): void {
  log.info("Logs of containers are kept", { ...folder });
}

/** Another agent has it, or it can't be made or written to. Said once for each reason. */
export function logFolderRefused({ log }: Telemetry, about: { dir: string; error: string; retryInMs: number }): void {
  log.error("Logs of containers can't be kept in this folder: they wait in the engine until they can", about);
}

export function logFolderStayedRefused({ log }: Telemetry, about: { dir: string; error: string; retryInMs: number }) {
  log.debug("Logs of containers still can't be kept in this folder", about);
}

/** Something of a container's own stands in the way; the others go on. */
export function logNotKept(
  { log, tally }: Telemetry,
  container: { readonly containerId: string; readonly name: string },
  error: string,
  { isNews }: { isNews: boolean },
): void {
  tally.add("tallyman_log_stream_errors_total", 1, "kind", "not-kept");
  if (isNews) log.error("Log of a container can't be kept", { ...container, error });
}

/** The engine gives nothing of a container that it removes, unless the request was answered before. */
export function containerMissed(
  { log, tally }: Telemetry,
  container: { readonly containerId: string; readonly name: string },
  { isNews }: { isNews: boolean },
): void {
  tally.add("tallyman_log_missed_containers_total", 1);
  if (isNews) log.warn("Container was removed before its log could be read", { ...container });
  else log.debug("Container was removed again before its log could be read", { ...container });
}

export function logPumpStopped({ log }: Telemetry, { isDrained }: { isDrained: boolean }): void {
  log.debug("Logs of containers are closed", { isDrained });
}
