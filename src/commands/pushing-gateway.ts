import { hostname } from "node:os";
import type { GatewayOptions } from "../outlets/pushgateway/gateway-options.ts";
import { createGatewayOutlet } from "../outlets/pushgateway/gateway-outlet.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";
import type { Pushing } from "./pushing.ts";

/** A Pushgateway on the agent's sweeps, where the settings name one. Found again, the engine is told of at once. */
export function pushingGateway(agent: Agent, settings: Settings): Pushing | undefined {
  const options = gatewayOptions(settings, agent);
  if (options === undefined) return undefined;
  let lastFailed = false;
  const source = {
    async collect() {
      const { sweep, groups } = await agent.collect({
        maxAgeMs: Math.min(options.intervalMs / 2, settings.http.maxAge),
      });
      lastFailed = sweep.engineFailed;
      return groups;
    },
  };
  const outlet = createGatewayOutlet(options, { source, telemetry: agent.telemetry });
  const unsubscribe = agent.engine.onConnected(() => {
    if (lastFailed) outlet.pushSoon();
  });
  return {
    endpoint: outlet.endpoint,
    text: `Pushgateway at ${outlet.endpoint}, every ${options.intervalMs / 1000} s`,
    get standing() {
      return outlet.standing;
    },
    start: outlet.start,
    async stop() {
      unsubscribe();
      await outlet.stop();
    },
  };
}

export function gatewayOptions(
  { pushgateway, resource }: Settings,
  { engine }: Pick<Agent, "engine">,
): GatewayOptions | undefined {
  const { address, job, groupingKey, interval, timeout, ...rest } = pushgateway;
  if (address === undefined) return undefined;
  let host = engine.facts?.hostName;
  return {
    ...rest,
    address,
    intervalMs: interval,
    timeoutMs: timeout,
    proxyEnvironment: process.env,
    groupingKey() {
      host = engine.facts?.hostName ?? host;
      return { job, labels: { instance: resource.instanceId ?? host ?? hostname(), ...groupingKey } };
    },
  };
}
