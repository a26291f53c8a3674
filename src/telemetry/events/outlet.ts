import type { Telemetry } from "../telemetry.ts";

interface Outlet {
  readonly outlet: string;
  readonly endpoint: string;
}

interface ExportFailure extends Outlet {
  /** "HTTP 401", "ECONNREFUSED" */
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
  readonly failedRequests: number;
  readonly requests: number;
}

interface AcceptedRequest {
  readonly outlet: string;
  readonly points: number;
  readonly bytes: number;
  readonly rejectedPoints: number;
  /** The receiver's answer had something to say. */
  readonly partial: boolean;
}

/** The first export that arrived whole. */
export function exportsBegan({ log }: Telemetry, { outlet, endpoint }: Outlet): void {
  log.info("Exports arrive", { outlet, endpoint });
}

/** The first failed export of a row, and the first for each other reason in it. */
export function exportsFailed({ log }: Telemetry, failure: ExportFailure): void {
  const { outlet, endpoint, reason, detail, remedy, failedRequests, requests } = failure;
  log.warn("Exports fail, the next ones make good what is missed", {
    outlet,
    endpoint,
    reason,
    ...(detail !== "" && { detail }),
    remedy,
    failedRequests,
    requests,
  });
}

export function exportsStillFail({ log }: Telemetry, { outlet, endpoint, reason, detail }: ExportFailure): void {
  log.debug("Exports still fail", { outlet, endpoint, reason, detail });
}

export function exportsRecovered({ log }: Telemetry, { outlet, endpoint, awayMs }: Outlet & { awayMs: number }): void {
  log.info("Exports arrive again", { outlet, endpoint, awaySeconds: Math.round(awayMs / 1000) });
}

export function requestAccepted({ tally }: Telemetry, request: AcceptedRequest): void {
  const { outlet, points, bytes, rejectedPoints, partial } = request;
  tally.add("tallyman_exports_total", 1, "outlet", outlet, "outcome", partial ? "partial" : "success");
  tally.add("tallyman_points_sent_total", points - rejectedPoints, "outlet", outlet);
  tally.add("tallyman_sent_bytes_total", bytes, "outlet", outlet);
  if (rejectedPoints > 0) tally.add("tallyman_rejected_points_total", rejectedPoints, "outlet", outlet);
}

export function requestFailed({ tally }: Telemetry, { outlet }: { outlet: string }): void {
  tally.add("tallyman_exports_total", 1, "outlet", outlet, "outcome", "failure");
}

/** Once for each thing that the receiver has to say. */
export function pointsRejected(
  { log }: Telemetry,
  { outlet, endpoint, rejectedPoints, message }: Outlet & { rejectedPoints: number; message: string },
): void {
  log.warn("The receiver accepted an export only in part", { outlet, endpoint, rejectedPoints, message });
}

/** Something answers at the endpoint that is no OTLP receiver, or a proxy in front of one. */
export function answerUnreadable({ log }: Telemetry, { outlet, endpoint }: Outlet): void {
  log.warn("The endpoint accepts exports with an answer that is not OTLP: is it a receiver, and is the path right?", {
    outlet,
    endpoint,
  });
}

export function seriesEnded({ tally }: Telemetry, { outlet, count }: { outlet: string; count: number }): void {
  tally.add("tallyman_ended_series_total", count, "outlet", outlet);
}

export function seriesForgotten({ tally, log }: Telemetry, { outlet, count }: { outlet: string; count: number }): void {
  tally.add("tallyman_forgotten_series_total", count, "outlet", outlet);
  log.debug("Ended series forgotten, since no export arrived for too long", { outlet, count });
}

/** Nothing could be collected in time, so nothing is exported. */
export function collectionFailed({ log }: Telemetry, { outlet, error }: { outlet: string; error: unknown }): void {
  log.warn("Nothing was collected for this export", {
    outlet,
    error: error instanceof Error ? error.message : String(error),
  });
}
