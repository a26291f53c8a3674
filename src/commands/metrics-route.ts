import type { Route } from "../http/route.ts";
import { createMetricsPage, type PageSource } from "../outlets/pull/metrics-page.ts";
import type { SweepSample } from "../sample/container-sample.ts";
import { sweepOverdue } from "../telemetry/events/sampling.ts";
import type { Agent } from "./agent.ts";

/** What a scrape gets: a sweep at most so old, and what the agent tells of itself. */
export function metricsRoute({ sampler, familiesOf, telemetry }: Agent, options: { readonly maxAgeMs: number }): Route {
  const source: PageSource<SweepSample> = {
    sweep: sampler.newest,
    families: (sweep) => familiesOf(sweep).groups,
    overdue() {
      sweepOverdue(telemetry);
      return { atMs: Date.now(), containers: [], engineFailed: true };
    },
  };
  const page = createMetricsPage({ source, options });
  return {
    path: "/metrics",
    answer: ({ headers }) =>
      page.answer({
        accept: textOf(headers.accept),
        acceptEncoding: textOf(headers["accept-encoding"]),
        withinMs: patienceMs(textOf(headers["x-prometheus-scrape-timeout-seconds"])),
      }),
  };
}

/** What of its time a scrape leaves to the sweep; the rest is for the page's way. */
const SHARE_OF_TIMEOUT = 0.8;

/**
 * Prometheus (2 and 3) says how long it waits. Were that passed, it would know nothing at all of the agent: an engine that
 * hangs is told of instead.
 */
function patienceMs(timeoutSeconds: string | undefined): number | undefined {
  const seconds = Number(timeoutSeconds ?? Number.NaN);
  return seconds > 0 && seconds <= 3600 ? seconds * 1000 * SHARE_OF_TIMEOUT : undefined;
}

/** A header that may come more than once, as one. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(",") : header;
}
