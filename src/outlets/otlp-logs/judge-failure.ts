import type { SendFailure } from "../otlp/request-sender.ts";

/**
 * What to do with a batch that was not taken. "held": another time it may be, when the receiver is back or a person has
 * put something right. "refused": never as it is. "too-large": in smaller pieces.
 */
export type Judgement = "held" | "refused" | "too-large";

export function judgeFailure(failure: SendFailure): Judgement {
  if (failure.kind === "http") return httpJudgement(failure.status);
  if (failure.kind === "grpc") return grpcJudgement(failure.status, failure.detail);
  return "held";
}

/** Of the address, the credentials or the moment, and not of what was sent. */
const NOT_THE_BATCH = new Set([401, 402, 403, 404, 405, 407, 408, 415, 421, 425, 426, 429]);
const CONTENT_TOO_LARGE = 413;

function httpJudgement(status: number): Judgement {
  if (status === CONTENT_TOO_LARGE) return "too-large";
  return status >= 400 && status <= 499 && !NOT_THE_BATCH.has(status) ? "refused" : "held";
}

/** The Collector answers INVALID_ARGUMENT to what it will never take (otlpreceiver v0.149). */
function grpcJudgement(status: string, detail: string): Judgement {
  if (status === "RESOURCE_EXHAUSTED") return /larger|size|max/i.test(detail) ? "too-large" : "held";
  return status === "INVALID_ARGUMENT" ? "refused" : "held";
}
