import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { cpuMs, memoryMb } from "../process-usage.ts";
import { importAgentImage } from "./agent-image.ts";
import { startBusyContainers } from "./busy-containers.ts";
import { startReceiver } from "./receiver-process.ts";
import type { Row } from "./table.ts";

const BUNDLE = join(import.meta.dirname, "../../dist/tallyman.mjs");
const SOCKET = "/var/run/docker.sock";
const PROGRAM = "/tallyman/tallyman.mjs";
const CONTAINERS = 8;
const INTERVAL_SECONDS = 10;
const WARM_UP_SECONDS = 60;

interface Variant {
  readonly name: string;
  readonly flags: string;
  readonly env: string;
}

/** Fixed, where glibc's own grows up to 32 MiB as large blocks are freed, and what lies below it stays with the process. */
const MALLOC = "MALLOC_MMAP_THRESHOLD_=32768";

const VARIANTS: readonly Variant[] = [
  { name: "plain", flags: "", env: "" },
  { name: "semi", flags: "--max-semi-space-size=1", env: "" },
  { name: "single-semi", flags: "--single-threaded --max-semi-space-size=1", env: "" },
  { name: "single-semi-malloc", flags: "--single-threaded --max-semi-space-size=1", env: MALLOC },
  // V8 runs no full collection in the first minutes of so little work; a low first limit has the start's garbage collected.
  { name: "old", flags: "--initial-old-space-size=4", env: "" },
  { name: "single-semi-old", flags: "--single-threaded --max-semi-space-size=1 --initial-old-space-size=4", env: "" },
  {
    name: "single-semi-old-malloc",
    flags: "--single-threaded --max-semi-space-size=1 --initial-old-space-size=4",
    env: MALLOC,
  },
  { name: "size-single", flags: "--optimize-for-size --single-threaded", env: "" },
];

/**
 * What `docker stats` shows for the agent's own container on a machine with eight: usage without inactive page cache. The
 * variants run side by side, so that each has seven others.
 */
export async function measureOwnMemory({ docker, socketPath }: DockerEngine, seconds: number): Promise<Row[]> {
  const folder = dirname(socketPath);
  const bundle = join(folder, "tallyman.mjs");
  copyFileSync(BUNDLE, bundle);
  const image = await importAgentImage(docker, { bundle });
  // What a pull leaves behind, and a program's first start: the page cache of both is nobody's yet, or the first one's for good.
  await docker("run", "--rm", image, PROGRAM, "--version");
  const names = await startBusyContainers(docker, CONTAINERS - VARIANTS.length);
  const engine = Number(readFileSync(join(folder, "pid"), "utf8"));
  const receiver = await startReceiver({ neighbour: engine });
  try {
    const started: { variant: Variant; pid: number }[] = [];
    for (const one of VARIANTS) {
      const settings = `TALLYMAN_OTLP_ENDPOINT=${receiver.endpoint} TALLYMAN_OTLP_INTERVAL=${INTERVAL_SECONDS}s`;
      const run = ["run", "-d", "--name", one.name, "--network=host", "--volume", `${socketPath}:${SOCKET}`];
      names.push(one.name);
      await docker(...run, ...variables(settings), ...variables(one.env), image, ...words(one.flags), PROGRAM);
      started.push({ variant: one, pid: Number(await docker("inspect", "-f", "{{.State.Pid}}", one.name)) });
    }
    await pause(WARM_UP_SECONDS * 1000);
    const before = new Map(started.map(({ pid }) => [pid, { cpuMs: cpuMs(pid), atMs: performance.now() }]));
    await pause(seconds * 1000);
    const shown = await docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}");
    return started.map(({ variant: { name, flags, env }, pid }) => {
      const { cpuMs: cpuBefore = 0, atMs = 0 } = before.get(pid) ?? {};
      const pushes = (performance.now() - atMs) / 1000 / INTERVAL_SECONDS;
      return {
        "own container": [flags, env].filter(Boolean).join(" ") || "plain node",
        "docker stats": new RegExp(`^${name} (\\S+)`, "m").exec(shown)?.[1],
        "RSS MB": memoryMb(pid, "VmRSS"),
        "anonymous MB": memoryMb(pid, "RssAnon"),
        "CPU ms a push": (cpuMs(pid) - cpuBefore) / pushes,
      };
    });
  } finally {
    receiver.end();
    await docker("rm", "-f", ...names);
  }
}

/** "A=1 B=2" as `docker run` takes it. */
function variables(text: string): string[] {
  return words(text).flatMap((one) => ["--env", one]);
}

function words(text: string): string[] {
  return text.split(" ").filter(Boolean);
}
