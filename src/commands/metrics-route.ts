import type { Route } from "../http/route.ts";
import { createMetricsPage } from "../outlets/pull/metrics-page.ts";
import type { Agent } from "./agent.ts";

/** What a scrape gets: a sweep at most so old, and what the agent tells of itself. */
export function metricsRoute({ sampler, familiesOf }: Agent, options: { readonly maxAgeMs: number }): Route {
  const source = {
    sweep: sampler.newest,
    families: (sweep: Parameters<typeof familiesOf>[0]) => familiesOf(sweep).groups,
  };
  const page = createMetricsPage({ source, options });
  return {
    path: "/metrics",
    answer: ({ headers }) => page.answer(textOf(headers.accept), textOf(headers["accept-encoding"])),
  };
}

/** A header that may come more than once, as one. */
function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(",") : header;
}
