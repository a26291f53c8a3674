export interface LoggedRequest {
  readonly method: string;
  /** As it came: "/v1.51/containers/json?all=1". */
  readonly url: string;
  /** "1.51"; absent without a prefix. */
  readonly apiVersion: string | undefined;
  /** Without the version: "/containers/json". */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What was asked of the engine: the newest, and counts of all. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[];
  /** Of all that ever came, or of the kept ones whose path is `pattern` or matches it. */
  count(pattern?: string | RegExp): number;
  /** Requests under way, event and log streams left out, and the most that there ever were at once. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  clear(): void;
}

export interface RequestRecorder extends RequestLog {
  add(request: LoggedRequest): void;
  began(): void;
  ended(): void;
}

const KEPT_REQUESTS = 20_000;

export function createRequestRecorder(): RequestRecorder {
  const entries: LoggedRequest[] = [];
  let total = 0;
  let inFlight = 0;
  let peakInFlight = 0;
  return {
    entries,
    count(pattern) {
      if (pattern === undefined) return total;
      return entries.filter(({ path }) => (typeof pattern === "string" ? path === pattern : pattern.test(path))).length;
    },
    get inFlight() {
      return inFlight;
    },
    get peakInFlight() {
      return peakInFlight;
    },
    clear() {
      entries.length = 0;
      total = 0;
      peakInFlight = inFlight;
    },
    add(request) {
      total++;
      entries.push(request);
      if (entries.length > KEPT_REQUESTS) entries.splice(0, KEPT_REQUESTS / 2);
    },
    began() {
      inFlight++;
      peakInFlight = Math.max(peakInFlight, inFlight);
    },
    ended() {
      inFlight--;
    },
  };
}

export function parseRequest(method: string, url: string): LoggedRequest {
  const mark = url.indexOf("?");
  const whole = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
  const version = /^\/v(\d+\.\d+)(?=\/)/.exec(whole);
  return {
    method,
    url,
    apiVersion: version?.[1],
    path: version ? whole.slice(version[0].length) : whole,
    query,
  };
}
