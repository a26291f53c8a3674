/**
 * The receiver of the benches, forked by them: counts what comes, and reads the own metrics of the newest push.
 * Answers { pushes: N } with what it has received as soon as that is at least N pushes, and { keep: FOLDER } once the
 * requests of the newest push are there, a file each.
 */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decodeExportRequest } from "../src/demo/receiver/decode.ts";

const total = { pushes: 0, points: 0, bodyBytes: 0, plainBytes: 0, sweepMs: 0 };
let wanted = 0;
const sweeps: number[] = [];
let sentBefore = 0;
let newestPush: Buffer[] = [];
let underWay: Buffer[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    const body = Buffer.concat(chunks);
    total.bodyBytes += body.length;
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    total.plainBytes += plain.length;
    take(plain);
  });
});
server.listen(0, "127.0.0.1", () => {
  process.send?.({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.once("disconnect", () => process.exit());
process.on("message", ({ pushes, keep }: { pushes: number; keep?: string }) => {
  if (keep !== undefined) {
    for (const [i, body] of newestPush.entries()) writeFileSync(join(keep, String(i)), body);
    process.send?.({});
    return;
  }
  wanted = pushes;
  answer();
});

/** The agent's own metrics come once a push; requests without them are only counted, to leave the CPU alone. */
function take(plain: Buffer) {
  underWay.push(plain);
  if (!plain.includes("tallyman_sweep_duration_seconds")) return;
  const { resources } = decodeExportRequest(plain);
  const metrics = resources.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.metrics));
  const own = (name: string) => metrics.find((metric) => metric.name === name)?.points[0]?.value;
  const sweepSeconds = own("tallyman_sweep_duration_seconds");
  if (sweepSeconds === undefined) return;
  sweeps.push(sweepSeconds * 1000);
  total.pushes++;
  newestPush = underWay;
  underWay = [];
  const sent = own("tallyman_points_sent_total") ?? 0;
  total.points = sent - sentBefore;
  sentBefore = sent;
  total.sweepMs = median(sweeps.slice(-40));
  answer();
}

function answer() {
  if (wanted === 0 || total.pushes < wanted) return;
  wanted = 0;
  process.send?.(total);
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
