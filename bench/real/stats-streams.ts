/**
 * ContainerSpy's way of reading: a stats stream for each container is kept open, each second's object parsed, and the
 * newest of each pushed every 10 s. How long a push takes is not in it, so it costs what reading alone does.
 * node bench/real/stats-streams.ts <socket path>
 */
import { get } from "node:http";
import { createInterface } from "node:readline";

const [socketPath = ""] = process.argv.slice(2);
const INTERVAL_MS = 10_000;

const newest = new Map<string, unknown>();
let kept: unknown[] = [];

get({ socketPath, path: "/containers/json" }, async (response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  for (const { Id } of JSON.parse(Buffer.concat(chunks).toString()) as { Id: string }[]) follow(Id);
});
setInterval(() => {
  kept = [...newest.values()];
  if (kept.length === 0) throw new Error("no stream has said anything");
}, INTERVAL_MS);

function follow(id: string) {
  get({ socketPath, path: `/containers/${id}/stats?stream=true` }, (response) => {
    createInterface({ input: response }).on("line", (line) => newest.set(id, JSON.parse(line)));
  });
}
