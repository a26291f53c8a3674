/**
 * What the agent costs beside its floor, in one run: `npm run bench [-- --plain] [containers …]`. The floor is a bare loop that only
 * reads, and one that also only encodes and pushes what the agent had (bare-loop.ts). The simulated engine, the receiver,
 * the loops and the agent (the bundle, with the image's flags unless plain) are processes of their own; CPU time and memory are the
 * agent's, from /proc, after a warm-up, over a number of pushes.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageFlags } from "./image.ts";
import { cpuMs, memoryMb } from "./process-usage.ts";
import { line, message, pidOf, received, sizesOr, start } from "./processes.ts";

const ROOT = join(import.meta.dirname, "..");
const PLAIN = process.argv.includes("--plain");
const WARM_UP_PUSHES = 10;
const PUSHES = 40;

for (const containers of sizesOr([20, 100, 1000])) await measure(containers);

async function measure(containers: number) {
  const intervalMs = containers > 300 ? 1500 : 500;
  const folder = mkdtempSync(join(tmpdir(), "tallyman-bench-"));
  const socketPath = join(folder, "engine.sock");
  const children: ChildProcess[] = [];
  try {
    const engine = start("src/demo/engine/serve.ts", [
      "--containers",
      String(containers),
      "--address",
      `unix://${socketPath}`,
    ]);
    children.push(engine);
    await line(engine, /^listening /);
    const loop = (...args: string[]) => start("bench/bare-loop.ts", [socketPath, "20", String(intervalMs), ...args]);
    const bare = JSON.parse(await line(tracked(loop()), /^\{/));
    const receiver = fork(join(ROOT, "bench/receiver.ts"), [], { stdio: "inherit" });
    children.push(receiver);
    const { endpoint } = await message<{ endpoint: string }>(receiver);
    const startedAt = performance.now();
    const agent = spawn(process.execPath, [...(PLAIN ? [] : imageFlags), join(ROOT, "dist/tallyman.mjs")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH,
        TALLYMAN_ENGINE_ADDRESS: socketPath,
        TALLYMAN_OTLP_ENDPOINT: endpoint,
        TALLYMAN_OTLP_INTERVAL: `${intervalMs}ms`,
        TALLYMAN_HTTP_ENABLED: "false",
        TALLYMAN_LOG_LEVEL: "error",
      },
    });
    children.push(agent);
    await received(receiver, 1);
    const firstPushMs = performance.now() - startedAt;
    await received(receiver, WARM_UP_PUSHES);
    const cpuBefore = cpuMs(pidOf(agent));
    const before = await received(receiver, WARM_UP_PUSHES);
    const after = await received(receiver, before.pushes + PUSHES);
    const pushes = after.pushes - before.pushes;
    const cpu = (cpuMs(pidOf(agent)) - cpuBefore) / pushes;
    const usage = memoryOf(agent);
    const requests = mkdtempSync(join(folder, "requests-"));
    receiver.send({ keep: requests });
    await message(receiver);
    agent.kill("SIGKILL");
    const floor = JSON.parse(await line(tracked(loop(endpoint, requests)), /^\{/));
    print({
      containers,
      "points a push": after.points,
      "CPU ms a push": round(cpu),
      "floor: reading": round(bare.cpuMs),
      "floor: encoding too": round(floor.cpuMs),
      "times the floor": round(cpu / floor.cpuMs),
      "wall ms a sweep": round(after.sweepMs),
      "bare loop wall ms": round(bare.wallMs),
      ...usage,
      "kB a push, gzip": round((after.bodyBytes - before.bodyBytes) / pushes / 1000),
      "kB a push, plain": round((after.plainBytes - before.plainBytes) / pushes / 1000),
      "ms to the first push": Math.round(firstPushMs),
    });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }

  function tracked(child: ChildProcess) {
    children.push(child);
    return child;
  }
}

function memoryOf(agent: ChildProcess) {
  const mb = (field: "VmRSS" | "RssAnon") => Math.round(memoryMb(pidOf(agent), field));
  return { "RSS MB": mb("VmRSS"), "anonymous RSS MB": mb("RssAnon") };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function print(row: Record<string, number>) {
  for (const [name, value] of Object.entries(row)) console.log(`${name.padEnd(22)} ${value}`);
  console.log();
}
