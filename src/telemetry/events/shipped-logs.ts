import type { Telemetry } from "../telemetry.ts";

interface Container {
  readonly containerId: string;
  readonly name: string;
}

/** A request was taken, with all of its records or all but some. */
export function logRecordsSent(
  { tally }: Telemetry,
  { records, bytes, rejectedRecords }: { records: number; bytes: number; rejectedRecords: number },
): void {
  tally.add("tallyman_log_records_sent_total", records - rejectedRecords);
  tally.add("tallyman_log_records_sent_bytes_total", bytes);
  if (rejectedRecords > 0) tally.add("tallyman_log_records_dropped_total", rejectedRecords, "reason", "rejected");
}

/** The receiver will never take these, so the ones after them are sent. */
export function logRecordsRefused(
  { log, tally }: Telemetry,
  refusal: { endpoint: string; reason: string; detail: string; records: number },
  { isNews }: { isNews: boolean },
): void {
  tally.add("tallyman_log_records_dropped_total", refusal.records, "reason", "refused");
  if (isNews) log.warn("Log records are refused for what they are, and left out", { ...refusal });
  else log.debug("Log records refused again", { ...refusal });
}

/** Said once until this container's records arrive again. */
export function logRecordsOvertaken(
  { log, tally }: Telemetry,
  container: Container,
  { path, records }: { path: string; records: number },
  { isNews }: { isNews: boolean },
): void {
  tally.add("tallyman_log_records_dropped_total", records, "reason", "removed");
  if (isNews)
    log.warn("Lines of a container's log were removed before they could be sent", { ...container, path, records });
  else log.debug("Further lines of a log removed unsent", { ...container, path, records });
}

/** Of all containers: how long the oldest line has waited, and how much lies in the files. */
export function logShippingMeasured(
  { tally }: Telemetry,
  { lagSeconds, unsentBytes }: { lagSeconds: number; unsentBytes: number },
): void {
  tally.set("tallyman_log_unsent_seconds", lagSeconds);
  tally.set("tallyman_log_unsent_bytes", unsentBytes);
}

export function logShippingUnreadable(
  { log, tally }: Telemetry,
  container: Container,
  about: { path: string; error: string },
): void {
  tally.add("tallyman_log_unsent_files_total", 1);
  log.warn("A log file can't be read, so its lines are not sent", { ...container, ...about });
}

/** After a restart what was sent since is sent again. */
export function logShippingUnsaved({ log }: Telemetry, about: { path: string; error: string }, isNews: boolean): void {
  if (isNews) log.warn("How far log records were sent can't be saved: a restart would send some twice", { ...about });
  else log.debug("How far log records were sent still can't be saved", { ...about });
}

export function logShippingStarted({ log }: Telemetry, about: { endpoint: string; minLevel: string }): void {
  log.info("Logs of containers are sent over OTLP", { ...about });
}
