/**
 * The floor on a real engine: lists the containers every 10 s, asks for each one's one-shot stats and parses them. All are
 * asked at once, since engines before 25 answer at their collector's next tick, up to a second later.
 * node bench/real/one-shot-loop.ts <socket path> <sweeps>: prints the median of the sweeps as one line of JSON.
 */
import { readJson } from "../read-json.ts";

const [socketPath = "", sweeps = "1"] = process.argv.slice(2);
const INTERVAL_MS = 10_000;

const wallMs: number[] = [];
for (let sweep = 0; sweep < Number(sweeps); sweep++) {
  const startedAt = performance.now();
  const list = (await readJson(socketPath, "/containers/json")) as { Id: string }[];
  await Promise.all(list.map(({ Id }) => readJson(socketPath, `/containers/${Id}/stats?stream=false&one-shot=true`)));
  const tookMs = performance.now() - startedAt;
  wallMs.push(tookMs);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, INTERVAL_MS - tookMs)));
}
wallMs.sort((a, b) => a - b);
console.log(JSON.stringify({ wallMs: wallMs[Math.floor(wallMs.length / 2)] }));
