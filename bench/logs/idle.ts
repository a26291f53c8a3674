import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Child, startChild } from "../../test/support/child.ts";
import { eventually } from "../../test/support/eventually.ts";
import { cpuMs, descriptorsOf, memoryMb } from "../process-usage.ts";
import { startReceiver } from "../real/receiver-process.ts";
import type { Row } from "../real/table.ts";
import { startAgentProcess } from "./agent-process.ts";

const ROOT = join(import.meta.dirname, "../..");
const SETTLE_MS = 45_000;
const WATCH_MS = 20_000;
const FOLLOWED_WITHIN_MS = 120_000;

/** The whole agent on a simulated engine, its metrics pushed as usual, without logs and with them. */
export async function measureIdle(folder: string, containers: number): Promise<Row[]> {
  const socketPath = join(folder, "idle.sock");
  const engine = startChild({
    name: "simulated engine",
    command: [
      process.execPath,
      join(ROOT, "src/demo/engine/serve.ts"),
      ...["--containers", String(containers), "--address", socketPath],
    ],
  });
  try {
    await engine.ready(() => engine.stdout.some((line) => line.startsWith("listening")), 30_000);
    const off = await measured({ socketPath, env: {}, leastDescriptors: 0 });
    const env = { TALLYMAN_LOGS_DIR: join(folder, "idle-logs") };
    const on = await measured({ socketPath, env, leastDescriptors: containers });
    const title = `${containers} idle containers, simulated`;
    return [
      { [title]: "logs off", ...off },
      { [title]: "logs followed", ...on },
      { [title]: "more by logs", ...difference(on, off) },
    ];
  } finally {
    await engine.end("SIGTERM", 5_000);
  }
}

interface AgentOnIdle {
  readonly socketPath: string;
  readonly env: Record<string, string>;
  readonly leastDescriptors: number;
}

type Figures = Record<"RSS MB" | "anonymous MB" | "descriptors" | "CPU ms a second", number>;

async function measured({ socketPath, env, leastDescriptors }: AgentOnIdle): Promise<Figures> {
  const receiver = await startReceiver();
  const pushed = { TALLYMAN_OTLP_ENDPOINT: receiver.endpoint, TALLYMAN_OTLP_INTERVAL: "10s" };
  const agent = startAgentProcess(socketPath, { ...pushed, ...env });
  try {
    await receiver.received(1);
    const areFollowed = () => descriptorsOf(agent.pid) >= leastDescriptors;
    await eventually(areFollowed, { withinMs: FOLLOWED_WITHIN_MS, everyMs: 200 });
    await pause(SETTLE_MS);
    return await watched(agent);
  } finally {
    await agent.end("SIGTERM", 10_000);
    receiver.end();
  }
}

async function watched(agent: Child): Promise<Figures> {
  const before = cpuMs(agent.pid);
  await pause(WATCH_MS);
  return {
    "RSS MB": memoryMb(agent.pid, "VmRSS"),
    "anonymous MB": memoryMb(agent.pid, "RssAnon"),
    descriptors: descriptorsOf(agent.pid),
    "CPU ms a second": (cpuMs(agent.pid) - before) / (WATCH_MS / 1000),
  };
}

function difference(one: Figures, other: Figures): Figures {
  const keys = Object.keys(one) as (keyof Figures)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] - other[key]])) as Figures;
}
