import type { Telemetry } from "../telemetry.ts";

export type Cut = "labels" | "points";

const NAMED = 5;
const MAX_NAME = 100;

/** Of each sweep in which it happens. */
export function cutsCounted({ tally }: Telemetry, what: Cut, count: number): void {
  tally.add("tallyman_cuts_total", count, "what", what);
}

export function labelsCut({ log }: Telemetry, names: readonly string[]): void {
  log.warn("Containers have more labels than can be sent: the last of them are left out", some(names));
}

export function labelsWhole({ log }: Telemetry): void {
  log.info("Labels of all containers are sent again");
}

export function pointsCut({ log }: Telemetry, names: readonly string[]): void {
  log.warn("Containers have more series than can be sent: the last of them are left out", some(names));
}

export function pointsWhole({ log }: Telemetry): void {
  log.info("Series of all containers are sent again");
}

function some(names: readonly string[]) {
  return { count: names.length, containers: names.slice(0, NAMED).map((name) => name.slice(0, MAX_NAME)) };
}
