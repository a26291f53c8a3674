import type { LoggedRequest } from "./requests.ts";

/** What can go wrong with a reply. */
export type Fault =
  /** The connection is lost before any answer. */
  | { readonly kind: "refuse" }
  /** The answer begins so much later; Infinity: never. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Another answer than the engine's: a proxy's refusal, an error of the engine. */
  | { readonly kind: "respond"; readonly status: number; readonly body: string; readonly contentType?: string }
  /** After so many bytes of the body nothing more comes. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** After so many bytes of the body the connection is lost. */
  | { readonly kind: "truncate"; readonly afterBytes: number }
  /** The body goes on for ever with white space, which JSON allows. */
  | { readonly kind: "endless" }
  /** The body as it is with its second half replaced by noise. */
  | { readonly kind: "malformed" }
  /** The engine's own reply with something changed. */
  | { readonly kind: "edit"; readonly edit: (reply: never) => unknown };

export interface FaultRule {
  /** A path that begins so (without the version prefix), or a pattern that it matches. */
  readonly path: string | RegExp;
  readonly fault: Fault;
  /** Only this many requests; absent: until removed. */
  readonly times?: number;
}

export interface Faults {
  /** Gives back what removes it. The newest rule that matches counts. */
  add(rule: FaultRule): () => void;
  clear(): void;
}

export interface FaultRegistry extends Faults {
  take(request: LoggedRequest): Fault | undefined;
}

export function createFaults(): FaultRegistry {
  let rules: { rule: FaultRule; left: number }[] = [];
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
      rules.unshift(entry);
      return () => {
        rules = rules.filter((other) => other !== entry);
      };
    },
    clear() {
      rules = [];
    },
    take({ path }) {
      const entry = rules.find(
        ({ rule, left }) =>
          left > 0 && (typeof rule.path === "string" ? path.startsWith(rule.path) : rule.path.test(path)),
      );
      if (entry) entry.left--;
      return entry?.rule.fault;
    },
  };
}

/** What docker-socket-proxy (haproxy) answers where it does not let a request through. */
export const PROXY_REFUSAL: Fault = {
  kind: "respond",
  status: 403,
  contentType: "text/html",
  body: "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n",
};

/** The container stopped between list and stats: what the engine then answers. */
export const ZEROED_STATS: Fault = {
  kind: "edit",
  edit: (stats: object) => ({
    ...stats,
    read: "0001-01-01T00:00:00Z",
    pids_stats: {},
    memory_stats: {},
    cpu_stats: {},
    networks: undefined,
  }),
};

/** Every value of another type than the API says: numbers as text, text as numbers, lists as objects. */
export const WRONG_TYPES: Fault = { kind: "edit", edit: withWrongTypes };

function withWrongTypes(value: unknown): unknown {
  if (typeof value === "number") return `${value}`;
  if (typeof value === "string") return value.length;
  if (Array.isArray(value)) return { 0: value };
  if (value === null || typeof value !== "object") return [];
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withWrongTypes(inner)]));
}
