import assert from "node:assert/strict";
import {
  type SimulatedEngine,
  type SimulatedEngineOptions,
  startSimulatedEngine,
} from "../../../src/demo/engine/simulated-engine.ts";
import {
  type OtlpReceiver,
  type OtlpReceiverOptions,
  startOtlpReceiver,
} from "../../../src/demo/receiver/otlp-receiver.ts";
import { startTallyman, type Tallyman } from "./tallyman.ts";

export interface Stage {
  readonly engine: SimulatedEngine;
  readonly receiver: OtlpReceiver;
  /** What tells an agent of the two. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts `tallyman`, which pushes from the engine to the receiver until the stage is closed. */
  start(env?: Readonly<Record<string, string>>): Tallyman;
  /** Ends everything, and holds the engine's log of requests against what an agent may ask of an engine. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly engine?: SimulatedEngineOptions;
  readonly receiver?: OtlpReceiverOptions;
}

export const INTERVAL_MS = 300;

/**
 * A simulated engine and a receiver, for a test (which closes it with its `after`) or a file of them. Every test on a
 * stage is one of the agent's asking nothing but what it may ask, too.
 */
export async function startStage(options: StageOptions = {}, t?: { after(close: () => Promise<void>): void }) {
  const engine = await startSimulatedEngine(options.engine);
  const receiver = await startOtlpReceiver({ keptRequests: 5_000, ...options.receiver });
  const agents: Tallyman[] = [];
  const env = {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENDPOINT: receiver.httpEndpoint || receiver.grpcEndpoint,
    TALLYMAN_OTLP_INTERVAL: `${INTERVAL_MS}ms`,
    TALLYMAN_OTLP_TIMEOUT: `${INTERVAL_MS}ms`,
    // A port of its own for each: many agents run at once.
    TALLYMAN_HTTP_LISTEN: "127.0.0.1:0",
  };
  const stage: Stage = {
    engine,
    receiver,
    env,
    start(more = {}) {
      const agent = startTallyman({ ...env, ...more });
      agents.push(agent);
      return agent;
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.end("SIGKILL", 1_000)));
      await receiver.close();
      await engine.close();
      assertOnlyRead(engine);
    },
  };
  t?.after(stage.close);
  return stage;
}

/** Written down here once more, apart from the list that the agent itself goes by. */
const MAY_BE_ASKED = /^\/(_ping|version|info|events|containers\/(json|[0-9a-f]{64}\/(json|stats|top|logs)))$/;

export function assertOnlyRead({ violations, requests }: SimulatedEngine) {
  assert.deepEqual(violations, []);
  const others = requests.entries.filter(
    ({ method, path }) => !/^(GET|HEAD)$/.test(method) || !MAY_BE_ASKED.test(path),
  );
  assert.deepEqual([...new Set(others.map(({ method, path }) => `${method} ${path}`))], []);
}
