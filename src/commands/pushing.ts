import type { OtlpOptions } from "../outlets/otlp/otlp-options.ts";
import { createOtlpOutlet } from "../outlets/otlp/otlp-outlet.ts";
import type { Standing } from "../telemetry/standing.ts";
import type { Agent, Collected } from "./agent.ts";

export interface Pushing {
  /** Where it pushes, as it may be shown. */
  readonly endpoint: string;
  /** What it does, for people. */
  readonly text: string;
  readonly standing: Standing;
  start(): void;
  stop(): Promise<void>;
}

/**
 * The outlet on the agent's sweeps. When the engine is found (again), a push starts at once: at intervals of a minute
 * nobody should wait one for numbers that can be had now.
 */
export function pushing(agent: Agent, options: OtlpOptions, onCollected?: (collected: Collected) => void): Pushing {
  let lastFailed = false;
  const source = {
    async collect() {
      const collected = await agent.collect({ maxAgeMs: 0 });
      lastFailed = collected.sweep.engineFailed;
      onCollected?.(collected);
      return collected.groups;
    },
  };
  const outlet = createOtlpOutlet(options, { source, telemetry: agent.telemetry });
  const unsubscribe = agent.engine.onConnected(() => {
    if (lastFailed) void outlet.exportOnce().catch(() => undefined);
  });
  return {
    endpoint: outlet.endpoint,
    text: `${options.protocol} to ${outlet.endpoint}, every ${options.intervalMs / 1000} s`,
    get standing() {
      return outlet.standing;
    },
    start: () => void outlet.start().catch(() => undefined),
    async stop() {
      unsubscribe();
      await outlet.stop();
    },
  };
}
