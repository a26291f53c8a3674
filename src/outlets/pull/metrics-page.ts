import type { FamilyGroups } from "../../families/ended-series.ts";
import { acceptsCoding } from "../../kit/accept-header.ts";
import { wait } from "../../kit/wait.ts";
import { pageBody } from "../page-body.ts";
import { type Negotiated, negotiate } from "./negotiate.ts";

/** Where the page's numbers come from. */
export interface PageSource<Sweep extends object> {
  /** The newest sweep if it is at most so old, else a new one, which those who ask meanwhile share. Never rejects. */
  sweep(wanted: { maxAgeMs: number }): Promise<Sweep>;
  /** What is answered where the sweep does not end in time: of no container, and failed. */
  overdue(): Sweep;
  /** What a sweep says, and the agent of itself. */
  families(sweep: Sweep): FamilyGroups;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface PageRequest {
  readonly accept?: string | undefined;
  readonly acceptEncoding?: string | undefined;
  /** For how long a sweep is waited for. Absent: until it ends. */
  readonly withinMs?: number | undefined;
}

export interface MetricsPage {
  answer(request: PageRequest): Promise<PageAnswer>;
}

export interface PageOptions {
  readonly maxAgeMs: number;
}

/**
 * The metrics as Prometheus asks for them: at most so old, as text or OpenMetrics, compressed or not. However many ask,
 * a sweep is written once in each form. What was written is let go when it is too old to be answered.
 */
export function createMetricsPage<Sweep extends object>({
  source,
  options,
}: {
  source: PageSource<Sweep>;
  options: PageOptions;
}): MetricsPage {
  let written: Written<Sweep> | undefined;

  function writtenOf(sweep: Sweep): Written<Sweep> {
    if (written?.sweep !== sweep) {
      const fresh = { sweep, groups: source.families(sweep), bodies: new Map() };
      written = fresh;
      setTimeout(() => {
        if (written === fresh) written = undefined;
      }, options.maxAgeMs).unref();
    }
    return written;
  }

  async function sweepWithin(withinMs: number | undefined): Promise<Sweep> {
    const sweep = source.sweep(options);
    if (withinMs === undefined) return sweep;
    const ended = new AbortController();
    const late = wait(withinMs, ended.signal).then(source.overdue);
    try {
      return await Promise.race([sweep, late]);
    } finally {
      ended.abort();
    }
  }

  return {
    async answer({ accept, acceptEncoding, withinMs }) {
      const negotiated = negotiate(accept);
      if (negotiated === undefined) return NOT_ACCEPTABLE;
      const page = writtenOf(await sweepWithin(withinMs));
      const compress = acceptsCoding(acceptEncoding, "gzip");
      return {
        status: 200,
        headers: headersOf(negotiated, compress),
        body: await bodyOf(page, negotiated.form, compress),
      };
    },
  };
}

interface Written<Sweep> {
  readonly sweep: Sweep;
  readonly groups: FamilyGroups;
  readonly bodies: Map<string, Promise<Uint8Array>>;
}

function bodyOf({ groups, bodies }: Written<object>, form: Negotiated["form"], compress: boolean) {
  const key = `${form} ${compress}`;
  const known = bodies.get(key);
  if (known !== undefined) return known;
  const body = pageBody(groups, form, compress);
  bodies.set(key, body);
  return body;
}

const VARY = { "cache-control": "no-store", vary: "accept, accept-encoding" };

const NOT_ACCEPTABLE: PageAnswer = {
  status: 406,
  headers: { ...VARY, "content-type": "text/plain; charset=utf-8" },
  body: "There are text/plain;version=0.0.4 and application/openmetrics-text;version=1.0.0.\n",
};

function headersOf({ contentType }: Negotiated, compress: boolean): Record<string, string> {
  return { ...VARY, "content-type": contentType, ...(compress && { "content-encoding": "gzip" }) };
}
