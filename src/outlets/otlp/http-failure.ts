import { ConnectionFileError } from "./connection-files.ts";
import type { Attempt } from "./http-attempts.ts";
import type { SendFailure } from "./request-sender.ts";

const MAX_DETAIL_LENGTH = 300;

/** We ended the request, after this attempt. */
export class GivenUp extends Error {
  override readonly name = "GivenUp";
  readonly attempt: Attempt | undefined;

  constructor(attempt: Attempt | undefined) {
    super("given up");
    this.attempt = attempt;
  }
}

/** What became of a request: from the SDK's error and, where it retried or was cut off, from the last attempt. */
export function httpFailure(
  error: Error & { code?: unknown; data?: unknown },
  last: Attempt | undefined,
  timeoutMs: number,
): SendFailure {
  if (error instanceof ConnectionFileError) return { kind: "local", detail: error.message };
  if (typeof error.code === "number") {
    return { kind: "http", status: error.code, detail: readable(error.data) || error.message };
  }
  const attempt = attemptBehind(error, last);
  if (attempt?.status !== undefined && attempt.status > 299) {
    return { kind: "http", status: attempt.status, detail: "" };
  }
  if (attempt?.error === undefined) {
    return { kind: "timeout", detail: `no answer within ${Math.round(timeoutMs)} ms` };
  }
  const { code = "network error", message }: NodeJS.ErrnoException = attempt.error;
  return /^ERR_(INVALID|HTTP)_/.test(code)
    ? { kind: "local", detail: message }
    : { kind: "network", code, detail: message };
}

function attemptBehind(error: Error, last: Attempt | undefined): Attempt | undefined {
  if (error instanceof GivenUp) return error.attempt;
  // The SDK's own words (0.301.0) for a retried request, and for a connection on which it waited in vain.
  if (error.name === "OTLPExporterError") return last;
  return error.message === "Request timed out" ? undefined : { error };
}

/** What of an answer's body can be shown: the text within a protobuf Status is. */
function readable(data: unknown): string {
  return typeof data === "string"
    ? data
        .replace(/[\s\p{Cc}\ufffd]+/gu, " ")
        .trim()
        .slice(0, MAX_DETAIL_LENGTH)
    : "";
}
