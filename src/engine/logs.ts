import { EngineError, type LogQuery, type LogReply } from "./engine.ts";
import type { Query } from "./modem.ts";
import type { RawReply } from "./raw-reply.ts";

/** Both streams, each entry with its time. The engine takes since and until as "seconds.nnnnnnnnn" only (moby 20.10 … 29). */
export function logQueryOf({ follow, tail = "all", since, until }: Omit<LogQuery, "id" | "signal">): Query {
  return {
    stdout: 1,
    stderr: 1,
    timestamps: 1,
    follow: follow ? 1 : 0,
    tail,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

export function logReplyOf(response: RawReply): LogReply {
  const { "content-type": contentType, "transfer-encoding": encoding, "content-length": length } = response.headers;
  return { body: response, contentType, isEndTold: encoding !== undefined || length !== undefined };
}

/**
 * 501 "configured logging driver does not support reading" (moby 20.10 … 29), 500 with other words (Podman, driver none);
 * 409 "can not get logs from container which is dead or marked for removal" (moby 20.10 … 29): as good as gone.
 */
export function toLogFailure(error: unknown): never {
  if (!(error instanceof EngineError) || error.kind !== "refused-by-engine") throw error;
  const { message, statusCode, cause } = error;
  const kind = statusCode === 501 || UNREADABLE.test(message) ? "unreadable-logs" : undefined;
  if (kind === undefined && statusCode !== 409) throw error;
  throw new EngineError(message, { kind: kind ?? "not-found", ...(statusCode && { statusCode }), cause });
}

const UNREADABLE = /does not support reading|cannot read logs/i;
