import type { Telemetry } from "../telemetry.ts";

/** A failure as the engine's room describes it. */
interface Failure {
  readonly kind: string;
  readonly message: string;
}

interface Introduction {
  readonly flavour: string;
  readonly engineVersion: string;
  readonly apiVersion?: string;
}

export function engineConnected({ log }: Telemetry, address: string, facts: Introduction): void {
  log.info("Engine connected", { address, ...introduced(facts) });
}

/** The first failure of a row, and the first of each other kind in it. */
export function engineWentAway({ log }: Telemetry, error: Failure, { retryInMs }: { retryInMs: number }): void {
  log.warn("Engine can't be reached, trying again until it is back", {
    kind: error.kind,
    error: error.message,
    retryInMs,
  });
}

export function engineStayedAway({ log }: Telemetry, error: Failure, { retryInMs }: { retryInMs: number }): void {
  log.debug("Engine still can't be reached", { kind: error.kind, error: error.message, retryInMs });
}

export function engineReturned({ log, tally }: Telemetry, address: string, facts: Introduction): void {
  tally.add("tallyman_engine_reconnects_total", 1);
  log.info("Engine found again", { address, ...introduced(facts) });
}

export function engineRequestFailed({ log, tally }: Telemetry, error: Failure): void {
  tally.add("tallyman_engine_errors_total", 1, "kind", error.kind);
  log.debug("Request to the engine failed", { kind: error.kind, error: error.message });
}

/** Said once until the same request is let through again: a person must act. */
export function engineReadingForbidden({ log }: Telemetry, error: Failure): void {
  log.error("Engine forbids a request that Tallyman needs", { error: error.message });
}

export function engineReadingAllowed({ log }: Telemetry, operation: string): void {
  log.info("Engine lets a request through that it forbade", { request: operation });
}

export function eventStreamOpened({ log }: Telemetry): void {
  log.debug("Event stream opened");
}

/** The end of a stream that had been open is expected (proxies cut idle ones); what counts is whether it comes back. */
export function eventStreamEnded({ log }: Telemetry, error: Failure | undefined): void {
  log.debug("Event stream ended", error ? { kind: error.kind, error: error.message } : {});
}

export function eventStreamRefused({ log }: Telemetry, error: Failure, { retryInMs }: { retryInMs: number }): void {
  log.warn("Event stream can't be had: changes of containers are noticed late until it is back", {
    kind: error.kind,
    error: error.message,
    retryInMs,
  });
}

export function eventStreamReturned({ log }: Telemetry): void {
  log.info("Event stream is back");
}

/** Half-open, or held back by a proxy: containers change, and it tells of none of it. */
export function eventStreamSilent({ log }: Telemetry): void {
  log.warn("Event stream is silent while containers change: it is opened anew");
}

export function eventStreamTells({ log }: Telemetry): void {
  log.info("Event stream tells of changes again");
}

export function eventLineSkipped({ log, tally }: Telemetry, reason: string): void {
  tally.add("tallyman_engine_errors_total", 1, "kind", "malformed");
  log.debug("Line of the event stream skipped", { reason });
}

/** Counted each time; said when the limit is first passed, and again after it was kept in between. */
export function containersLimitPassed({ log, tally }: Telemetry, limit: number, { isNews }: { isNews: boolean }): void {
  tally.add("tallyman_containers_limit_passed_total", 1);
  if (isNews) log.error("Engine has more containers than the limit: the oldest are left out", { limit });
}

export function containersLimitKept({ log }: Telemetry, limit: number): void {
  log.info("Engine's containers are within the limit again", { limit });
}

export function containerInspectFailed({ log }: Telemetry, containerId: string, error: Failure): void {
  log.debug("Container left out, since it could not be inspected", {
    containerId,
    kind: error.kind,
    error: error.message,
  });
}

function introduced({ flavour, engineVersion, apiVersion }: Introduction): Record<string, string> {
  return { flavour, engineVersion, apiVersion: apiVersion ?? "unknown" };
}
