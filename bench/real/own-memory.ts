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
  readonly flags: readonly string[];
}

const VARIANTS: readonly Variant[] = [
  variant(),
  variant("--max-semi-space-size=1"),
  variant("--optimize-for-size"),
  variant("--optimize-for-size", "--single-threaded"),
  variant("--optimize-for-size", "--single-threaded", "--lite-mode"),
];

/**
 * What `docker stats` shows for the agent's own container on a machine with eight. The variants run side by side, so that each has
 * seven others, some of them variants.
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
      const settings = { TALLYMAN_OTLP_ENDPOINT: receiver.endpoint, TALLYMAN_OTLP_INTERVAL: `${INTERVAL_SECONDS}s` };
      const env = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const run = ["run", "-d", "--name", one.name, "--network=host", "--volume", `${socketPath}:${SOCKET}`, ...env];
      names.push(one.name);
      await docker(...run, image, ...one.flags, PROGRAM);
      started.push({ variant: one, pid: Number(await docker("inspect", "-f", "{{.State.Pid}}", one.name)) });
    }
    await pause(WARM_UP_SECONDS * 1000);
    const before = new Map(started.map(({ pid }) => [pid, { cpuMs: cpuMs(pid), atMs: performance.now() }]));
    await pause(seconds * 1000);
    const shown = await docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}");
    return started.map(({ variant: { name, flags }, pid }) => {
      const { cpuMs: cpuBefore = 0, atMs = 0 } = before.get(pid) ?? {};
      const pushes = (performance.now() - atMs) / 1000 / INTERVAL_SECONDS;
      return {
        "own container": flags.join(" ") || "plain node",
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

function variant(...flags: string[]): Variant {
  return { name: ["tallyman", ...flags.map((flag) => flag.replace(/\W+/g, ""))].join("-"), flags };
}
