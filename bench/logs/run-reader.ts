import { join } from "node:path";
import { build } from "esbuild";
import { startChild } from "../../test/support/child.ts";
import { imageFlags } from "../image.ts";
import { memoryMb } from "../process-usage.ts";

/** What a reader says at its end. */
export interface Reading {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Absent: it doesn't know lines. */
  readonly lines?: number;
  readonly batches?: number;
  /** The most that was resident. */
  readonly peakRssMb: number;
}

const ROOT = join(import.meta.dirname, "../..");
const WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 50;

/** As the agent is run: one file, since Node's reading of TypeScript takes memory of its own. */
export async function bundlePumpReader(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, "bench/logs/pump-reader.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}

export function runPumpReader(script: string, ...args: string[]): Promise<Reading> {
  return run([process.execPath, ...imageFlags, script, ...args]);
}

export function runBareReader(...args: string[]): Promise<Reading> {
  return run([process.execPath, ...imageFlags, join(ROOT, "bench/logs/bare-reader.ts"), ...args]);
}

export function runShipReader(...args: string[]): Promise<Reading> {
  return run([process.execPath, ...imageFlags, join(ROOT, "bench/logs/ship-reader.ts"), ...args]);
}

async function run(command: [string, ...string[]]): Promise<Reading> {
  const child = startChild({ name: "reader", command, env: {} });
  let peakRssMb = 0;
  const look = setInterval(() => {
    if (!child.ended) peakRssMb = Math.max(peakRssMb, memoryMb(child.pid, "VmRSS") || 0);
  }, LOOK_EVERY_MS);
  const { code } = await child.exit(WITHIN_MS);
  clearInterval(look);
  if (code !== 0) throw new Error(`a reader failed:\n${child.stderr.join("\n")}`);
  return { ...JSON.parse(child.stdout[0] ?? ""), peakRssMb };
}
