import { replaceFile } from "../kit/replace-file.ts";
import { wait } from "../kit/wait.ts";
import type { Settings } from "../settings/schema.ts";
import { collectedAtFileFailed, collectedAtFileReturned } from "../telemetry/events/collected-at.ts";
import type { Log } from "../telemetry/log.ts";
import type { Agent } from "./agent.ts";

interface CollectingParts {
  readonly agent: Agent;
  readonly settings: Settings;
  /** Whether lines are being written. */
  readonly isPumping: () => boolean;
}

/** Sweeps at an interval of their own, and the files that tell when was collected, as far as the settings ask for them. */
export function collecting({ agent, settings: { metrics, logs }, isPumping }: CollectingParts) {
  const { sampler, engine, telemetry } = agent;
  const stopping = new AbortController();

  function sweepEvery(intervalMs: number) {
    const file = fileOf(metrics.collectedAtFile, telemetry.log);
    void every(intervalMs, stopping.signal, async () => {
      // One that another asked for a moment ago will do.
      const { engineFailed } = await sampler.newest({ maxAgeMs: intervalMs / 2 });
      if (!engineFailed) await file.write(Date.now() / 1000);
    });
  }

  function tellOfLogs(path: string) {
    const file = fileOf(path, telemetry.log);
    void every(logs.collectedAtInterval, stopping.signal, async () => {
      if (engine.facts === undefined || !isPumping()) return;
      await file.write(Date.now() / 1000 - telemetry.tally.value("tallyman_log_lag_seconds"));
    });
  }

  return {
    start() {
      if (metrics.sweepInterval !== undefined) sweepEvery(metrics.sweepInterval);
      if (logs.enabled && logs.collectedAtFile !== undefined) tellOfLogs(logs.collectedAtFile);
    },
    /** Does not wait for a sweep under way. */
    stop: () => stopping.abort(),
  };
}

async function every(intervalMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    await work();
    await wait(Math.max(0, intervalMs - (performance.now() - startedAt)), signal);
  }
}

/** Whole seconds since the Unix epoch, and nothing else. A file that can't be written is said once, and tried again. */
function fileOf(file: string | undefined, log: Log) {
  let hasFailed = false;
  return {
    async write(atSeconds: number) {
      if (file === undefined) return;
      try {
        await replaceFile(file, String(Math.floor(atSeconds)));
        if (hasFailed) collectedAtFileReturned(log, file);
        hasFailed = false;
      } catch (failure) {
        const error = failure instanceof Error ? failure.message : String(failure);
        if (!hasFailed) collectedAtFileFailed(log, { file, error });
        hasFailed = true;
      }
    },
  };
}
