/**
 * The floor: what it costs to do nothing but read. Lists the containers, then asks for each one's one-shot stats,
 * 8 at once by default, and parses them; a process of its own, so that its CPU time is all it. It sweeps at the agent's interval,
 * since a machine that was idle in between is slower than one in full swing.
 * Engines before 25 answer a one-shot at their collector's next tick, so with few at once a sweep takes many seconds.
 * node bench/bare-loop.ts <socket path> <sweeps> <interval ms> [at once]: prints one line of JSON.
 */
import { get } from "node:http";

const [socketPath, sweeps, intervalMs, atOnce = "8"] = process.argv.slice(2) as [string, string, string, string?];
const WARM_UP = 5;

const wallMs: number[] = [];
let cpu = process.cpuUsage();
for (let sweep = 0; sweep < WARM_UP + Number(sweeps); sweep++) {
  if (sweep === WARM_UP) cpu = process.cpuUsage();
  const startedAt = performance.now();
  const list = (await read("/containers/json")) as { Id: string }[];
  let next = 0;
  await Promise.all(
    Array.from({ length: Number(atOnce) }, async () => {
      while (next < list.length) await read(`/containers/${list[next++]?.Id}/stats?stream=false&one-shot=true`);
    }),
  );
  if (sweep >= WARM_UP) wallMs.push(performance.now() - startedAt);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + Number(intervalMs) - performance.now())));
}
const used = process.cpuUsage(cpu);
wallMs.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    cpuMs: (used.user + used.system) / 1000 / Number(sweeps),
    wallMs: wallMs[Math.floor(wallMs.length / 2)],
  }),
);
process.exit(0);

function read(path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      response.on("error", reject);
    }).on("error", reject);
  });
}
