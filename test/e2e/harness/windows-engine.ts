import { join } from "node:path";
import { build } from "esbuild";
import { type DockerEngine, startDockerEngine } from "./docker-engine.ts";
import type { Own } from "./set-up.ts";
import { startTcpRelay } from "./tcp-relay.ts";
import { startWindows, type Windows } from "./windows.ts";

/** How a program for Windows finds the real engine. */
export const REAL_ENGINE = "npipe:////./pipe/real_engine";

/** A real engine and Windows, with a pipe between them; a simulated engine is at the pipe where Docker Desktop's is. */
export async function startWindowsEngine(own: Own): Promise<{ engine: DockerEngine; windows: Windows }> {
  const engine = own(await startDockerEngine());
  const relay = own(await startTcpRelay(engine.socketPath));
  const windows = own(await startWindows());
  const program = join(windows.folder, "pipes.mjs");
  const entryPoints = [join(import.meta.dirname, "windows-pipes.ts")];
  await build({ entryPoints, outfile: program, bundle: true, platform: "node", format: "esm", logLevel: "silent" });
  const pipes = windows.start(program, [String(relay.port)]);
  await pipes.ready(() => pipes.stdout().includes("listening"), 60_000);
  return { engine, windows };
}
