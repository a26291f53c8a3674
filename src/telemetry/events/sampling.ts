import type { Telemetry } from "../telemetry.ts";

interface ReadFailure {
  readonly containerId: string;
  readonly name: string;
  readonly error: unknown;
  readonly changed: boolean;
}

interface FinishedSweep {
  readonly durationMs: number;
  readonly seen: number;
  readonly read: number;
  readonly failures: readonly ReadFailure[];
}

const NAMED_FAILURES = 5;
const MAX_NAME = 100;

export function sweepFinished({ log, tally }: Telemetry, { durationMs, seen, read, failures }: FinishedSweep) {
  tally.add("tallyman_sweeps_total", 1, "outcome", "success");
  tally.set("tallyman_sweep_duration_seconds", durationMs / 1000);
  tally.set("tallyman_engine_up", 1);
  tally.set("tallyman_containers_seen", seen);
  tally.set("tallyman_containers_read", read);
  log.debug("Sweep finished", { durationMs: Math.round(durationMs), seen, read });
  const fresh = failures.filter((failure) => failure.changed);
  if (fresh.length > 0) {
    const containers = fresh
      .slice(0, NAMED_FAILURES)
      .map(({ name, error }) => `${name.slice(0, MAX_NAME)}: ${messageOf(error)}`);
    log.warn("Containers could not be read: their series end until the engine answers for them again", {
      count: fresh.length,
      containers,
    });
  }
}

export function sweepFailed({ log, tally }: Telemetry, { error, durationMs }: { error: unknown; durationMs: number }) {
  tally.add("tallyman_sweeps_total", 1, "outcome", "failure");
  tally.set("tallyman_sweep_duration_seconds", durationMs / 1000);
  tally.set("tallyman_engine_up", 0);
  tally.set("tallyman_containers_seen", 0);
  tally.set("tallyman_containers_read", 0);
  log.debug("Sweep failed", { error: messageOf(error) });
}

/** Somebody could not wait for the sweep to end. */
export function sweepOverdue({ log, tally }: Telemetry) {
  tally.set("tallyman_engine_up", 0);
  log.debug("A scrape was answered without the sweep, which takes too long");
}

/** The engine is there and lists its containers in no way that can be read; the first time of a row. */
export function listingFailed({ log }: Telemetry, error: unknown) {
  log.warn("Containers can't be listed: their series end until the engine lists them again", {
    error: messageOf(error),
  });
}

export function listingReturned({ log }: Telemetry) {
  log.info("Containers are listed again");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
