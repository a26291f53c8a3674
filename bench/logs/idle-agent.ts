import type { Child } from "../../test/support/child.ts";
import { eventually } from "../../test/support/eventually.ts";
import { descriptorsOf } from "../process-usage.ts";
import { startReceiver } from "../real/receiver-process.ts";
import { startAgentProcess } from "./agent-process.ts";

const FOLLOWED_WITHIN_MS = 120_000;

export interface IdleAgent {
  readonly address: string;
  readonly env: Readonly<Record<string, string>>;
  /** Once it has so many, it follows all logs. */
  readonly leastDescriptors: number;
}

/** The whole agent for as long as the work takes, its metrics pushed as usual, from when it follows all that there is. */
export async function withIdleAgent<T>(
  { address, env, leastDescriptors }: IdleAgent,
  work: (agent: Child) => Promise<T>,
): Promise<T> {
  const receiver = await startReceiver();
  const pushed = { TALLYMAN_OTLP_ENDPOINT: receiver.endpoint, TALLYMAN_OTLP_INTERVAL: "10s" };
  const agent = startAgentProcess(address, { ...pushed, ...env });
  try {
    await receiver.received(1);
    const areFollowed = () => descriptorsOf(agent.pid) >= leastDescriptors;
    await eventually(areFollowed, { withinMs: FOLLOWED_WITHIN_MS, everyMs: 200 });
    return await work(agent);
  } finally {
    await agent.end("SIGTERM", 10_000);
    receiver.end();
  }
}
