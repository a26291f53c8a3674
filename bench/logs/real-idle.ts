import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eachInPool } from "../../src/kit/pool.ts";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import type { Child } from "../../test/support/child.ts";
import { eventually } from "../../test/support/eventually.ts";
import { cpuMs, descriptorsOf, memoryMb } from "../process-usage.ts";
import { engineProcesses } from "../real/engine-processes.ts";
import type { Row } from "../real/table.ts";
import { withIdleAgent } from "./idle-agent.ts";
import { withRealEngine } from "./real-engine.ts";

/** Beside the containers' own, on the same containers: what as many more cost the engine. */
const BARE_FOLLOWS = 1_000;
const STARTED_AT_ONCE = 4;
const REMOVED_AT_ONCE = 20;
const SETTLE_MS = 10_000;
const WATCH_MS = 20_000;
const FOLLOWED_WITHIN_MS = 120_000;

/** What an engine of containers that print nothing pays for nobody, for the agent, and for as many follows as a big host has. */
export function measureRealIdle(containers: number): Promise<Row[]> {
  return withRealEngine(async (engine, version) => {
    const names = Array.from({ length: containers }, (_, i) => `idle-${i}`);
    await eachInPool(names, STARTED_AT_ONCE, (name) => startIdle(engine, name));
    try {
      const title = `engine ${version}, ${containers} idle containers`;
      const rows: Row[] = [];
      const watch = async (what: string, agent?: Child) => {
        await pause(SETTLE_MS);
        rows.push({ [title]: what, ...(await watched(dirname(engine.socketPath), agent)) });
      };
      await watch("nobody");
      const { address } = engine;
      await withIdleAgent({ address, env: {}, leastDescriptors: 0 }, (agent) => watch("agent, logs off", agent));
      const env = { TALLYMAN_LOGS_DIR: join(dirname(engine.socketPath), "idle-logs") };
      await withIdleAgent({ address, env, leastDescriptors: containers }, (agent) => watch("agent, logs on", agent));
      await watch("nobody, again");
      const end = await bareFollows(engine, names);
      await watch(`${BARE_FOLLOWS} bare follows`);
      end();
      return rows;
    } finally {
      for (let at = 0; at < names.length; at += REMOVED_AT_ONCE)
        await engine.docker("rm", "-f", ...names.slice(at, at + REMOVED_AT_ONCE));
    }
  });
}

async function startIdle(engine: DockerEngine, name: string) {
  const program = "echo begun; exec sleep 1000000";
  await engine.docker("run", "-d", "--name", name, "--network", "none", "bb", "sh", "-c", program);
}

async function watched(folder: string, agent?: Child): Promise<Row> {
  const { dockerd, containerd } = engineProcesses(folder);
  const pids = [dockerd, containerd, ...(agent ? [agent.pid] : [])];
  const before = pids.map(cpuMs);
  await pause(WATCH_MS);
  const [dockerdMs, containerdMs, agentMs] = pids.map((pid, i) => (cpuMs(pid) - (before[i] ?? 0)) / (WATCH_MS / 1000));
  return {
    "dockerd RSS MB": memoryMb(dockerd, "VmRSS"),
    descriptors: descriptorsOf(dockerd),
    threads: threadsOf(dockerd),
    "CPU ms/s": dockerdMs,
    "containerd RSS MB": memoryMb(containerd, "VmRSS"),
    "its CPU ms/s": containerdMs,
    "agent RSS MB": agent && memoryMb(agent.pid, "VmRSS"),
    "agent CPU ms/s": agentMs,
  };
}

/** Spread over the containers, on sockets that nobody reads; gives what ends them. */
async function bareFollows(engine: DockerEngine, names: readonly string[]): Promise<() => void> {
  const { dockerd } = engineProcesses(dirname(engine.socketPath));
  const before = descriptorsOf(dockerd);
  const query = "stdout=1&stderr=1&timestamps=1&follow=1&tail=all";
  const sockets = Array.from({ length: BARE_FOLLOWS }, (_, i) => {
    const socket = connect(engine.socketPath).on("error", () => {});
    socket.write(`GET /containers/${names[i % names.length]}/logs?${query} HTTP/1.1\r\nHost: engine\r\n\r\n`);
    return socket;
  });
  // Each is a socket and an open file.
  const areOpen = () => descriptorsOf(dockerd) >= before + 2 * BARE_FOLLOWS;
  await eventually(areOpen, { withinMs: FOLLOWED_WITHIN_MS, everyMs: 200 });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

function threadsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}
