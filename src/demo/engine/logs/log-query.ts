import type { LogStream } from "../../../logs/log-line.ts";
import { isTrue } from "../query.ts";
import { errorReply, type Reply } from "../send.ts";
import { nanosecondsOf } from "../times.ts";

/** What GET /containers/{id}/logs asks for. */
export interface LogQuery {
  readonly streams: ReadonlySet<LogStream>;
  readonly timestamps: boolean;
  readonly follow: boolean;
  /** How many of the newest entries, of both streams together; absent: all. */
  readonly tail: number | undefined;
  /** Both inclusive. */
  readonly sinceNs: bigint | undefined;
  readonly untilNs: bigint | undefined;
}

/** The engine's reading of it, or what it answers to a wrong one (20.10 and 28.5, recorded). */
export function parseLogQuery(query: URLSearchParams): LogQuery | Reply {
  const streams = new Set((["stdout", "stderr"] as const).filter((stream) => isTrue(query.get(stream))));
  if (streams.size === 0) return errorReply(400, "Bad parameters: you must choose at least one stream");
  for (const name of ["since", "until"]) {
    const text = query.get(name);
    if (text && nanosecondsOf(text) === undefined) {
      return errorReply(500, `strconv.ParseInt: parsing "${text}": invalid syntax`);
    }
  }
  const tail = query.get("tail") ?? "all";
  return {
    streams,
    timestamps: isTrue(query.get("timestamps")),
    follow: isTrue(query.get("follow")),
    // A number below zero and what is no number mean all.
    tail: /^\d+$/.test(tail) ? Number(tail) : undefined,
    // 0 means never.
    sinceNs: nanosecondsOf(query.get("since")) || undefined,
    untilNs: nanosecondsOf(query.get("until")) || undefined,
  };
}
