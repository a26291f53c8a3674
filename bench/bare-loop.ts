/**
 * The floor: what it costs to do nothing but read. Lists the containers, then asks for each one's one-shot stats,
 * 8 at once, and parses them; a process of its own, so that its CPU time is all it. It sweeps at the agent's interval,
 * since a machine that was idle in between is slower than one in full swing.
 * With an endpoint and a folder of an agent's requests, each a file, it also does nothing but encode and push: copies the
 * bytes, compresses them as the SDK does (level 6) and posts them.
 * node bench/bare-loop.ts <socket path> <sweeps> <interval ms> [<endpoint> <folder>]: prints one line of JSON.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readJson } from "./read-json.ts";

const [socketPath, sweeps, intervalMs, endpoint, folder] = process.argv.slice(2) as [
  string,
  string,
  string,
  ...string[],
];
const WARM_UP = 5;
const PARALLEL = 8;
const agent = new Agent({ keepAlive: true });
const bodies = folder === undefined ? [] : readdirSync(folder).map((name) => readFileSync(join(folder, name)));

const wallMs: number[] = [];
let cpu = process.cpuUsage();
for (let sweep = 0; sweep < WARM_UP + Number(sweeps); sweep++) {
  if (sweep === WARM_UP) cpu = process.cpuUsage();
  const startedAt = performance.now();
  const list = (await readJson(socketPath, "/containers/json")) as { Id: string }[];
  let next = 0;
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (next < list.length)
        await readJson(socketPath, `/containers/${list[next++]?.Id}/stats?stream=false&one-shot=true`);
    }),
  );
  if (sweep >= WARM_UP) wallMs.push(performance.now() - startedAt);
  for (const body of bodies) await post(gzipSync(Buffer.from(body)));
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

function post(body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
    request(`${endpoint}/v1/metrics`, { method: "POST", agent, headers }, (response) => {
      response.resume().on("end", resolve).on("error", reject);
    })
      .on("error", reject)
      .end(body);
  });
}
