/**
 * What the agent costs on a real engine with a hundred containers that do a little, beside an engine that nobody reads,
 * a bare loop and a stats stream for each container; then what `docker stats` shows for the agent's own container.
 * `npm run bench:real [readers] [memory]`; REAL_SECONDS (120) each, REAL_CONTAINERS (100), and REAL_BINARIES, a folder with
 * another release's dockerd, containerd and docker. Everything is started here and ended here, about half an hour.
 */
import { startDockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { removeContainers, startBusyContainers } from "./busy-containers.ts";
import { measureOwnMemory } from "./own-memory.ts";
import { measureReaders } from "./readers.ts";
import { table } from "./table.ts";

const seconds = Number(process.env.REAL_SECONDS ?? 120);
const containers = Number(process.env.REAL_CONTAINERS ?? 100);
const parts = process.argv.length > 2 ? process.argv.slice(2) : ["readers", "memory"];

const engine = await startDockerEngine(process.env.REAL_BINARIES ? { binaries: process.env.REAL_BINARIES } : {});
let ending: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end().finally(() => process.exit(1)));
try {
  console.log(`engine ${await engine.docker("version", "--format", "{{.Server.Version}}")}, ${seconds} s each\n`);
  if (parts.includes("readers")) {
    await startBusyContainers(engine.docker, containers);
    console.log(table(await measureReaders(engine, seconds)));
    await removeContainers(engine.docker);
  }
  if (parts.includes("memory")) console.log(table(await measureOwnMemory(engine, seconds)));
} finally {
  await end();
}

function end(): Promise<void> {
  ending ??= removeContainers(engine.docker).finally(() => engine.end());
  return ending;
}
