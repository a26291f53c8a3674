import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Child, startChild } from "../../test/support/child.ts";
import { cpuMs, descriptorsOf, memoryMb } from "../process-usage.ts";
import type { Row } from "../real/table.ts";
import { type IdleAgent, withIdleAgent } from "./idle-agent.ts";

const ROOT = join(import.meta.dirname, "../..");
const SETTLE_MS = 45_000;
const WATCH_MS = 20_000;

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
    const off = await measured({ address: socketPath, env: {}, leastDescriptors: 0 });
    const env = { TALLYMAN_LOGS_DIR: join(folder, "idle-logs") };
    const on = await measured({ address: socketPath, env, leastDescriptors: containers });
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

type Figures = Record<"RSS MB" | "anonymous MB" | "descriptors" | "CPU ms a second", number>;

function measured(agent: IdleAgent): Promise<Figures> {
  return withIdleAgent(agent, async (process) => {
    await pause(SETTLE_MS);
    return watched(process);
  });
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
