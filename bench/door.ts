/**
 * What the door and what is behind it cost at rest: npm run bench:door [-- containers …]. The bundle with the
 * image's flags pushes every 1.5 s: without a door, with one, with the page, with its history, with a viewer, with a scrape for
 * each push, and with all that there is: a Pushgateway and a program every 15 s, two further naming profiles. CPU is a push's,
 * memory is that at the end.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageFlags } from "./image.ts";
import { cpuMs, memoryMb } from "./process-usage.ts";
import { line, message, pidOf, received, sizesOr, start } from "./processes.ts";

const ROOT = join(import.meta.dirname, "..");
const INTERVAL_MS = 1_500;
const WARM_UP_PUSHES = 8;
const PUSHES = 20;
const PORT = 19_103;

interface Way {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** What somebody asks of the door meanwhile. */
  readonly asks?: (url: string, signal: AbortSignal) => Promise<void>;
}

const PAGE = { TALLYMAN_HTTP_LISTEN: `127.0.0.1:${PORT}` };
const WAYS: readonly Way[] = [
  { name: "no door", env: { TALLYMAN_HTTP_ENABLED: "false" } },
  { name: "door, no page", env: { ...PAGE, TALLYMAN_HTTP_PAGE_ENABLED: "false" } },
  { name: "page, no history", env: { ...PAGE, TALLYMAN_HTTP_PAGE_HISTORY: "0" } },
  { name: "page", env: PAGE },
  { name: "page, a viewer", env: PAGE, asks: view },
  { name: "page, a scrape a push", env: PAGE, asks: scrape },
  { name: "all of it", env: { ...PAGE, ...(await everything()) }, asks: scrape },
];

for (const containers of sizesOr([100, 1000])) {
  console.log(`${containers} containers`.padEnd(24), "CPU ms a push", "  RSS MB", " anonymous MB");
  for (const way of WAYS) {
    const { cpu, rss, anonymous } = await measured(containers, way);
    const figures = [cpu.toFixed(1).padStart(13), rss.toFixed(0).padStart(9), anonymous.toFixed(0).padStart(13)];
    console.log(way.name.padEnd(24), ...figures);
  }
}

async function measured(containers: number, { env, asks }: Way) {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-bench-"));
  const socketPath = join(folder, "engine.sock");
  const children: ChildProcess[] = [];
  const done = new AbortController();
  try {
    const fleet = ["--containers", String(containers), "--address", `unix://${socketPath}`];
    const engine = start("src/demo/engine/serve.ts", fleet);
    children.push(engine);
    await line(engine, /^listening /);
    const receiver = fork(join(ROOT, "bench/receiver.ts"), [], { stdio: "inherit" });
    children.push(receiver);
    const { endpoint } = await message<{ endpoint: string }>(receiver);
    const agent = spawn(process.execPath, [...imageFlags, join(ROOT, "dist/tallyman.mjs")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        PATH: process.env.PATH,
        TALLYMAN_ENGINE_ADDRESS: socketPath,
        TALLYMAN_OTLP_ENDPOINT: endpoint,
        TALLYMAN_OTLP_INTERVAL: `${INTERVAL_MS}ms`,
        TALLYMAN_LOG_LEVEL: "error",
        ...env,
      },
    });
    children.push(agent);
    await received(receiver, 1);
    void asks?.(`http://127.0.0.1:${PORT}/`, done.signal).catch(() => undefined);
    const before = await received(receiver, WARM_UP_PUSHES);
    const cpuBefore = cpuMs(pidOf(agent));
    const after = await received(receiver, before.pushes + PUSHES);
    return {
      cpu: (cpuMs(pidOf(agent)) - cpuBefore) / (after.pushes - before.pushes),
      rss: memoryMb(pidOf(agent), "VmRSS"),
      anonymous: memoryMb(pidOf(agent), "RssAnon"),
    };
  } finally {
    done.abort();
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Pushgateway, a program at an interval, and the other naming profiles that go with cAdvisor's. */
async function everything(): Promise<Record<string, string>> {
  const gateway = createServer((request, response) => request.resume().once("end", () => response.end()));
  gateway.listen(0, "127.0.0.1").unref();
  await once(gateway, "listening");
  const program = { command: join(ROOT, "examples/programs/dummy"), interval: "15s" };
  return {
    TALLYMAN_PUSHGATEWAY_ADDRESS: `127.0.0.1:${(gateway.address() as AddressInfo).port}`,
    TALLYMAN_PROGRAMS_LIST: JSON.stringify({ dummy: program }),
    TALLYMAN_METRICS_PROFILES: "cadvisor,collector,semconv",
  };
}

async function view(url: string, signal: AbortSignal) {
  const { body } = await fetch(`${url}page/events`, { signal });
  for await (const _ of body ?? []);
}

async function scrape(url: string, signal: AbortSignal) {
  for (;;) {
    await (await fetch(`${url}metrics`, { signal, headers: { "accept-encoding": "gzip" } })).arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
