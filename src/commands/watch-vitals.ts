import type { Settings } from "../settings/schema.ts";
import type { EngineVitals, OutletVitals, Vitals } from "../status/vitals.ts";
import type { Standing } from "../telemetry/standing.ts";
import type { Agent } from "./agent.ts";

/** An outlet by the name that people know it by. */
export interface NamedOutlet {
  readonly name: string;
  /** With what it does, for people. */
  readonly outlet: { readonly standing: Standing; readonly text?: string };
}

/** What a sweep may take on a bad day: two requests after each other, thrice. */
const PATIENCE = 3;
const MIN_LONGEST_SWEEP_MS = 60_000;

/** What health is judged by, from now on. */
export function watchVitals(agent: Agent, settings: Settings, outlets: readonly NamedOutlet[]): () => Vitals {
  const startedAt = performance.now();
  const { requestTimeout, statsTimeout } = settings.engine;
  const intervalMs = sweepInterval(settings);
  let engine: EngineVitals = { isConnected: agent.engine.facts !== undefined };
  // Not by `facts`, which are gone for the time of a handshake whenever the event stream ends: the engine is not.
  agent.engine.onConnected(() => {
    engine = { isConnected: true };
  });
  agent.engine.onLost(({ message }) => {
    engine = { isConnected: false, error: message };
  });
  return () => ({
    engine,
    sweeps: {
      startedMs: performance.now() - startedAt,
      longestMs: Math.max(MIN_LONGEST_SWEEP_MS, PATIENCE * (requestTimeout + statsTimeout)),
      ...(intervalMs !== undefined && { intervalMs }),
      ...sweepVitals(agent),
    },
    outlets: outlets.map(({ name, outlet }): OutletVitals => ({ name, ...outlet.standing })),
  });
}

/** The shortest of those at which somebody asks for a sweep by himself. */
function sweepInterval({ otlp, metrics, pushgateway }: Settings): number | undefined {
  const intervals = [
    otlp.enabled ? otlp.interval : undefined,
    metrics.sweepInterval,
    pushgateway.address === undefined ? undefined : pushgateway.interval,
  ].filter((interval) => interval !== undefined);
  return intervals.length === 0 ? undefined : Math.min(...intervals);
}

function sweepVitals({ sweeps }: Agent) {
  const { ended, underWayMs } = sweeps;
  return {
    ...(underWayMs !== undefined && { underWayMs }),
    ...(ended !== undefined && { endedMs: ended.agoMs, hasFailed: ended.hasFailed }),
  };
}
