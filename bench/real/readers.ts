import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { type Child, startChild } from "../../test/support/child.ts";
import { cpuMs, memoryMb } from "../process-usage.ts";
import { engineCpu, engineProcesses } from "./engine-processes.ts";
import { type Receiver, startReceiver } from "./receiver-process.ts";
import type { Row } from "./table.ts";

const ROOT = join(import.meta.dirname, "../..");
const INTERVAL_SECONDS = 10;
const WARM_UP_SECONDS = 50;

interface Reader {
  readonly name: string;
  start?(stage: Stage): Child;
  /** What else is known of it, after its measurement. */
  more?(stage: Stage, child: Child): Promise<Row>;
}

interface Stage {
  readonly socketPath: string;
  readonly bundle: string;
  readonly seconds: number;
  readonly receiver: Receiver;
  readonly startedAt: number;
}

const READERS: readonly Reader[] = [
  { name: "nothing" },
  {
    name: "bare loop",
    start: ({ socketPath, seconds }) => {
      const sweeps = Math.ceil((WARM_UP_SECONDS + seconds) / INTERVAL_SECONDS) + 1;
      return node("bench/real/one-shot-loop.ts", socketPath, sweeps);
    },
    more: async (_, child) => ({ "wall ms a sweep": (await lastWords(child)).wallMs }),
  },
  tallyman("Tallyman"),
  tallyman("Tallyman, semi-space 1 MB", "--max-semi-space-size=1"),
  tallyman("Tallyman, smallest", "--single-threaded", "--max-semi-space-size=1", "--initial-old-space-size=4"),
  { name: "a stream each", start: ({ socketPath }) => node("bench/real/stats-streams.ts", socketPath) },
  { name: "nothing, again" },
];

/** One after another, on the same engine and the same containers. */
export async function measureReaders(engine: DockerEngine, seconds: number): Promise<Row[]> {
  const folder = dirname(engine.socketPath);
  const bundle = join(folder, "tallyman.mjs");
  copyFileSync(join(ROOT, "dist/tallyman.mjs"), bundle);
  const rows: Row[] = [];
  for (const reader of READERS) {
    const receiver = await startReceiver();
    const { socketPath } = engine;
    const stage = { socketPath, bundle, seconds, receiver, startedAt: performance.now() };
    const child = reader.start?.(stage);
    try {
      rows.push(await measured(reader, { stage, folder, child }));
      console.error(`${reader.name}: measured`);
    } finally {
      await child?.end("SIGKILL", 1_000);
      receiver.end();
    }
  }
  return rows;
}

async function measured(
  reader: Reader,
  { stage, folder, child }: { stage: Stage; folder: string; child: Child | undefined },
): Promise<Row> {
  await pause(WARM_UP_SECONDS * 1000);
  const usage = () => ({ atMs: performance.now(), readerMs: child ? cpuMs(child.pid) : 0, ...engineCpu(engine) });
  const engine = engineProcesses(folder);
  const before = usage();
  await pause(stage.seconds * 1000);
  const after = usage();
  const aMinute = (field: "readerMs" | "daemonsMs" | "shimsMs") =>
    ((after[field] - before[field]) / (after.atMs - before.atMs)) * 60;
  return {
    "CPU s a minute": reader.name,
    reader: aMinute("readerMs"),
    "dockerd, containerd": aMinute("daemonsMs"),
    shims: aMinute("shimsMs"),
    ...(child && { "RSS MB": memoryMb(child.pid, "VmRSS"), "anonymous MB": memoryMb(child.pid, "RssAnon") }),
    ...(child && (await reader.more?.(stage, child))),
  };
}

function tallyman(name: string, ...flags: string[]): Reader {
  let firstExport: Promise<number> | undefined;
  return {
    name,
    start({ socketPath, bundle, receiver, startedAt }) {
      firstExport = receiver.received(1).then(() => performance.now() - startedAt);
      // Told of where it is awaited, after the measurement.
      firstExport.catch(() => undefined);
      const env = {
        TALLYMAN_ENGINE_ADDRESS: socketPath,
        TALLYMAN_OTLP_ENDPOINT: receiver.endpoint,
        TALLYMAN_OTLP_INTERVAL: `${INTERVAL_SECONDS}s`,
        TALLYMAN_LOG_LEVEL: "error",
      };
      return startChild({ name, command: [process.execPath, ...flags, bundle], env });
    },
    async more({ receiver }) {
      const { pushes, points, bodyBytes, plainBytes, sweepMs } = await receiver.received(1);
      return {
        "wall ms a sweep": sweepMs,
        "points a push": points,
        "kB a push, gzip": bodyBytes / pushes / 1000,
        "kB a push, plain": plainBytes / pushes / 1000,
        "ms to the first push": await firstExport,
      };
    },
  };
}

function node(script: string, ...args: (string | number)[]): Child {
  return startChild({ name: script, command: [process.execPath, join(ROOT, script), ...args.map(String)] });
}

/** The bare loop's result, which it prints at its end. */
async function lastWords(child: Child): Promise<{ wallMs: number }> {
  const { code } = await child.exit(3 * INTERVAL_SECONDS * 1000);
  if (code !== 0) throw new Error(`the bare loop failed:\n${child.stderr.join("\n")}`);
  return JSON.parse(child.stdout[0] ?? "");
}
