import type { Telemetry } from "../telemetry.ts";

export function doorOpened({ log }: Telemetry, about: { url: string; login: boolean }): void {
  log.info("Door opened", about);
}

interface Closed {
  readonly address: string;
  readonly error: string;
  readonly remedy: string;
  readonly retryInMs: number;
}

/** The first failure of a row, and the first of each other kind in it. */
export function doorStaysShut({ log }: Telemetry, about: Closed): void {
  log.warn("Door can't be opened, trying again until it can", { ...about });
}

export function doorStillShut({ log }: Telemetry, { address, error, retryInMs }: Closed): void {
  log.debug("Door still can't be opened", { address, error, retryInMs });
}

/** Nothing is pushed and no log kept, so an agent without its door would be of use to nobody. */
export function doorIsAllThereIs({ log }: Telemetry): void {
  log.error("Door can't be opened, and nothing else is on: there is nothing to do");
}

export function certificateRenewed({ log }: Telemetry): void {
  log.info("Door has a new certificate");
}

/** Once for each text. */
export function certificateUnusable({ log }: Telemetry, error: string): void {
  log.warn("Door keeps its old certificate, since the new one can't be used", { error });
}

/** Once for each text. */
export function loginUnreadable({ log }: Telemetry, error: string): void {
  log.error("Door lets nobody in, since the file of its secret can't be used", { error });
}

/** Once for each path, until it answers again. */
export function routeFailed({ log }: Telemetry, { path, error }: { path: string; error: unknown }): void {
  log.error("Door could not answer", { path, error: error instanceof Error ? (error.stack ?? error.message) : error });
}

interface Answered {
  /** Of the route; what no route answered is "other". */
  readonly path: string;
  readonly status: number;
  readonly seconds: number;
}

export function requestAnswered({ tally }: Telemetry, { path, status, seconds }: Answered): void {
  tally.add("tallyman_http_requests_total", 1, "path", path, "status", String(status));
  tally.add("tallyman_http_request_seconds_total", seconds, "path", path);
  tally.add("server_requests_total", 1, "status", String(status));
}

export function connectionsCounted({ tally }: Telemetry, count: number): void {
  tally.set("tallyman_http_connections", count);
}

export function connectionRefused({ tally }: Telemetry): void {
  tally.add("tallyman_http_connections_refused_total", 1);
}
