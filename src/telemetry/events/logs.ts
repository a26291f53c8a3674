import type { Telemetry } from "../telemetry.ts";

interface Container {
  readonly containerId: string;
  readonly name: string;
}

interface DiskFailure {
  /** "ENOSPC", "EROFS" … */
  readonly code: string;
  readonly error: string;
  readonly path: string;
}

export function logLinesWritten({ tally }: Telemetry, lines: number, bytes: number): void {
  tally.add("tallyman_log_lines_total", lines);
  tally.add("tallyman_log_written_bytes_total", bytes);
}

/** Of a line longer than the bound, which is kept whole, in parts. */
export function logLinesParted({ tally }: Telemetry, parts: number): void {
  tally.add("tallyman_log_line_parts_total", parts);
}

export function logFileRotated({ tally, log }: Telemetry, path: string): void {
  tally.add("tallyman_log_rotations_total", 1);
  log.debug("Log file rotated", { path });
}

export function logFilesRemoved(
  { tally, log }: Telemetry,
  { path, files, reason }: { path: string; files: number; reason: "count" | "total" | "container" },
): void {
  tally.add("tallyman_log_files_removed_total", files, "reason", reason);
  log.debug("Log files removed", { path, files, reason });
}

/** A kill or a power cut left half a line, which the engine is asked for again. */
export function tornLogLineCut({ tally, log }: Telemetry, path: string, bytes: number): void {
  tally.add("tallyman_log_torn_lines_total", 1);
  log.debug("Torn last line of a log file cut off", { path, bytes });
}

/** Of each attempt; said by `logWritesFailed`, once. */
export function logWriteFailed({ tally, log }: Telemetry, failure: DiskFailure): void {
  tally.add("tallyman_log_write_failures_total", 1, "code", failure.code);
  log.debug("Log lines could not be written", { ...failure });
}

export function logWritesFailed({ log }: Telemetry, failure: DiskFailure, { retryInMs }: { retryInMs: number }): void {
  log.error("Log lines can't be written: they wait in the engine until they can", { ...failure, retryInMs });
}

export function logWritesReturned({ log }: Telemetry, { awayMs }: { awayMs: number }): void {
  log.info("Log lines are written again", { awayMs: Math.round(awayMs) });
}

/** A person, or a program such as logrotate, renamed, removed or emptied the file under the writer. */
export function logFileReplaced({ log }: Telemetry, path: string): void {
  log.info("Log file was moved, removed or emptied by others: lines go on in a new one", { path });
}

/** With all that was in it, its lock too. */
export function logFolderReturned({ log }: Telemetry, dir: string): void {
  log.warn("Log folder was removed or moved by others: it was made anew", { dir });
}

export function logTotalPassed({ log }: Telemetry, bytes: number, limit: number): void {
  log.warn("Log files are over their total, and none is left that may be removed", { bytes, limit });
}

export function logTotalKept({ log }: Telemetry): void {
  log.info("Log files are within their total again");
}

export function logCheckpointUnreadable({ log }: Telemetry, path: string, error: string): void {
  log.warn("Checkpoint of a container's log can't be read", { path, error });
}

export function compressionFailed({ log }: Telemetry, path: string, error: string): void {
  log.warn("Rotated log file could not be compressed and stays as it is", { path, error });
}

/** The engine no longer has what came after the last line that we hold. */
export function logGapFound(
  { log, tally }: Telemetry,
  container: Container,
  gap: { readonly after: string | undefined; readonly before: string | undefined },
  { isNews }: { isNews: boolean },
): void {
  tally.add("tallyman_log_gaps_total", 1);
  const fields = { ...container, ...gap };
  if (isNews) log.warn("Lines of a container's log were gone before they could be read", fields);
  else log.debug("Lines of a container's log were gone again before they could be read", fields);
}

export function logStreamReconnected({ log, tally }: Telemetry, container: Container): void {
  tally.add("tallyman_log_reconnects_total", 1);
  log.debug("Log stream of a container is read again", { ...container });
}

export function logStreamFailed(
  { log, tally }: Telemetry,
  container: Container,
  failure: { readonly kind: string; readonly message: string },
): void {
  tally.add("tallyman_log_stream_errors_total", 1, "kind", failure.kind);
  log.debug("Log stream of a container broke off", { ...container, kind: failure.kind, error: failure.message });
}

/** Once for each container: its driver (`none`, `syslog` …) can't be read back. */
export function logUnreadable({ log, tally }: Telemetry, container: Container, error: string): void {
  tally.add("tallyman_log_stream_errors_total", 1, "kind", "unreadable");
  log.warn("Log of a container can't be read: its driver keeps nothing for readers", { ...container, error });
}

/** Of all containers, the most that one is behind. */
export function logLagMeasured({ tally }: Telemetry, lagSeconds: number): void {
  tally.set("tallyman_log_lag_seconds", lagSeconds);
}

export function followedLogsCounted({ tally }: Telemetry, containers: number): void {
  tally.set("tallyman_log_followed_containers", containers);
}
