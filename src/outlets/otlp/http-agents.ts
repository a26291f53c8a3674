import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { sameMaterial, type TlsMaterial, tlsMaterial } from "./connection-files.ts";
import type { OtlpConnectionOptions } from "./otlp-options.ts";

export interface HttpAgents {
  /** The agent to use now: a new one once the TLS files hold something else. */
  current(): Promise<HttpAgent>;
  owns(agent: unknown): boolean;
  /** Cuts off every connection. */
  reset(): void;
}

export function createHttpAgents(secure: boolean, options: Pick<OtlpConnectionOptions, "tls" | "proxyEnvironment">) {
  const shared = { keepAlive: true, proxyEnv: options.proxyEnvironment as NodeJS.ProcessEnv };
  let known: { agent: HttpAgent; material: TlsMaterial } | undefined;
  return {
    async current() {
      const material = secure ? await tlsMaterial(options.tls) : {};
      if (known === undefined || !sameMaterial(known.material, material)) {
        known?.agent.destroy();
        known = { agent: secure ? new HttpsAgent({ ...shared, ...material }) : new HttpAgent(shared), material };
      }
      return known.agent;
    },
    owns: (agent) => agent !== undefined && agent === known?.agent,
    reset: () => known?.agent.destroy(),
  } satisfies HttpAgents as HttpAgents;
}
