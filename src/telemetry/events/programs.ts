import type { Telemetry } from "../telemetry.ts";

interface Failed {
  readonly exporter: string;
  readonly reason: string;
}

/** The first failure of a row, and the first of each other kind in it. */
export function programFailed({ log }: Telemetry, { exporter, reason }: Failed): void {
  log.warn("A program gave no metrics", { exporter, reason });
}

export function programStillFails({ log }: Telemetry, { exporter, reason }: Failed): void {
  log.debug("A program gave no metrics this time either", { exporter, reason });
}

export function programRecovered({ log }: Telemetry, { exporter }: { exporter: string }): void {
  log.info("A program gives metrics again", { exporter });
}

export function programRan({ tally }: Telemetry, { exporter, outcome }: { exporter: string; outcome: string }): void {
  tally.add("tallyman_program_runs_total", 1, "exporter", exporter, "outcome", outcome);
}

/** Of one that runs by itself. */
export function programMeasured(
  { tally }: Telemetry,
  { exporter, isUp, seconds }: { exporter: string; isUp: boolean; seconds: number },
): void {
  tally.set("tallyman_program_up", isUp ? 1 : 0, "exporter", exporter);
  tally.set("tallyman_program_duration_seconds", seconds, "exporter", exporter);
}

/** Of one that a client asked for. */
export function programAnswered(
  { tally }: Telemetry,
  { exporter, status, seconds }: { exporter: string; status: number; seconds: number },
): void {
  tally.add("server_exporter_requests_total", 1, "exporter", exporter, "status", String(status));
  tally.add("server_exporter_seconds_total", seconds, "exporter", exporter);
}

/** What an agent that was killed did not remove itself. */
export function programFoldersRemoved({ log }: Telemetry, count: number): void {
  log.info("Folders of programs were removed that a killed agent had left behind", { count });
}

/** Nobody waits for the orphans of a container whose first process is no init. */
export function orphansStay({ log }: Telemetry): void {
  log.warn("What programs leave running stays as zombies, since the agent is process 1 of its container");
}
