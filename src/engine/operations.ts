/** What a reply of each kind may hold at most. A list entry is 1 … 5 kB, an inspect 5 … 20 kB (Engine 20.10 … 29). */
export const MAX_BYTES = {
  ping: 64 * 1024,
  version: 1024 * 1024,
  info: 4 * 1024 * 1024,
  list: 64 * 1024 * 1024,
  inspect: 8 * 1024 * 1024,
  stats: 4 * 1024 * 1024,
  top: 16 * 1024 * 1024,
  /** Of one line. */
  events: 1024 * 1024,
  /** Without an end; the reader takes it as it comes. */
  logs: Number.POSITIVE_INFINITY,
};

export type Operation = keyof typeof MAX_BYTES;

export const INTRODUCTIONS = { ping: "/_ping", version: "/version", info: "/info" } as const;

/** The engine counts the bytes of every container's writable layer for it: minutes on a large host. */
export const SIZED_LIST_TIMEOUT_MS = 120_000;
