import { createBackoff } from "../../kit/backoff.ts";
import { wait } from "../../kit/wait.ts";
import { logWriteFailed, logWritesFailed, logWritesReturned } from "../../telemetry/events/logs.ts";
import { createStanding, type Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { codeOf } from "./disk.ts";

/** What a write in vain means for the folder: said once for each kind of failure, and its end once, not for each container. */
export interface DiskTrouble {
  readonly standing: Standing;
  /** Tries until it works. Rejects with `LogFilesClosedError` once the signal aborts, and with what is no failure of a disk. */
  untilItWorks<T>(work: () => Promise<T>, about: { path: string; signal: AbortSignal }): Promise<T>;
}

export class LogFilesClosedError extends Error {
  constructor() {
    super("The container's log files are closed: the lines that are not yet written were not taken");
  }
}

export interface RetryOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

export function createDiskTrouble(telemetry: Telemetry, retry: RetryOptions): DiskTrouble {
  const failing = new Set<object>();
  const saidCodes = new Set<string>();
  const standing = createStanding();
  let sinceMs = 0;

  function failed(attempt: object, error: unknown, { path, retryInMs }: { path: string; retryInMs: number }) {
    const failure = { code: codeOf(error), error: error instanceof Error ? error.message : String(error), path };
    if (failing.size === 0) sinceMs = performance.now();
    failing.add(attempt);
    logWriteFailed(telemetry, failure);
    standing.failed(`${failure.error} (${path})`);
    if (saidCodes.has(failure.code)) return;
    saidCodes.add(failure.code);
    logWritesFailed(telemetry, failure, { retryInMs });
  }

  function ended(attempt: object, { isGood }: { isGood: boolean }) {
    const hadFailed = failing.delete(attempt);
    if (failing.size > 0) return;
    saidCodes.clear();
    if (!isGood) return;
    standing.succeeded();
    if (hadFailed) logWritesReturned(telemetry, { awayMs: performance.now() - sinceMs });
  }

  return {
    get standing() {
      return standing.now;
    },
    async untilItWorks(work, { path, signal }) {
      const attempt = {};
      const backoff = createBackoff(retry);
      for (;;) {
        if (signal.aborted) {
          ended(attempt, { isGood: false });
          throw new LogFilesClosedError();
        }
        try {
          const result = await work();
          ended(attempt, { isGood: true });
          return result;
        } catch (error) {
          if (!isOfDisk(error)) throw error;
          const retryInMs = backoff.next();
          failed(attempt, error, { path, retryInMs });
          await wait(retryInMs, signal);
        }
      }
    },
  };
}

/** The system's own codes; what Node calls ERR_… is a mistake of ours. */
function isOfDisk(error: unknown): boolean {
  const code = codeOf(error);
  return /^E[A-Z0-9]+$/.test(code);
}
