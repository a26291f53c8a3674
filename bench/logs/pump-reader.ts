/**
 * What the agent does with logs, without the rest of it: followers, levels and files as by default, on to the end of each
 * container's log, or until so many lines are written.
 * node bench/logs/pump-reader.ts <socket path> <folder> [--until=<lines>] <container> …: prints one line of JSON.
 */
import { createEngine } from "../../src/engine/create-engine.ts";
import { openLogFolder } from "../../src/logs/files/log-folder.ts";
import { createFollower } from "../../src/logs/follow/follower.ts";
import { createLevelCounts } from "../../src/logs/levels/level-counts.ts";
import { createLevelReader } from "../../src/logs/levels/level-reader.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTally } from "../../src/telemetry/tally.ts";

const [address = "", dir = "", ...rest] = process.argv.slice(2);
const containers = rest.filter((arg) => !arg.startsWith("--"));
const until = Number(
  rest.find((arg) => arg.startsWith("--until="))?.slice("--until=".length) ?? Number.POSITIVE_INFINITY,
);
const enough = new AbortController();
const telemetry = {
  log: createLog({ level: "warn", format: "text" }),
  tally: createTally({ startedAtMs: Date.now() }),
};
const engine = createEngine({ address }, telemetry);
const counts = createLevelCounts({ levelsOf: createLevelReader() });
const folder = await openLogFolder({
  dir,
  format: "cri",
  maxFileBytes: 10 * 1024 * 1024,
  maxFiles: 10,
  compress: false,
  fileMode: 0o640,
  folderMode: 0o750,
  telemetry,
});
await engine.connect();

const before = process.cpuUsage();
const startedAtMs = performance.now();
let lines = 0;
let batches = 0;
await Promise.all(containers.map(pump));
const { user, system } = process.cpuUsage(before);
const wallMs = performance.now() - startedAtMs;
const rssMb = process.memoryUsage().rss / 1e6;
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs, lines, batches, rssMb }));
await folder.close();
engine.close();

async function pump(container: string) {
  const { Id: containerId } = await engine.inspectContainer(container);
  const files = await folder.files({ id: containerId, name: container });
  const heardOf = counts.listen({ id: containerId, name: container });
  const end = await createFollower(
    {
      engine,
      containerId,
      name: container,
      tty: false,
      position: files.position,
      signal: enough.signal,
      async onLines(fresh) {
        await files.write(fresh);
        heardOf(fresh);
        lines += fresh.length;
        batches++;
        if (lines >= until) enough.abort();
      },
    },
    telemetry,
  ).run();
  if (end.kind !== "ended" && !enough.signal.aborted)
    throw new Error(`the log of ${container} was not read to its end: ${end.kind}`);
}
