/**
 * An engine of one log, prepared whole and given as fast as it is taken, in moby's form: multiplexed entries with their
 * times, each a chunk of HTTP's own. Every container has that log. None runs, so that a follower reads it and is done.
 * node bench/logs/replay-engine.ts <socket path> <lines>: says "listening" once it does.
 */
import { createServer, type ServerResponse } from "node:http";
import { chunkBytes, preparedLog } from "./prepared-log.ts";

const [socketPath = "", lines = "0"] = process.argv.slice(2);
const body = preparedLog(Number(lines));

const REPLIES: readonly (readonly [RegExp, (id: string) => object])[] = [
  [/\/version$/, () => ({ Version: "20.10.24", ApiVersion: "1.41", MinAPIVersion: "1.12", Os: "linux" })],
  [/\/info$/, () => ({ ServerVersion: "20.10.24", OSType: "linux" })],
  [/\/containers\/(\w+)\/json$/, (id) => ({ Id: id, State: { Running: false, StartedAt: "2026-11-21T00:00:00Z" } })],
];

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://engine");
  if (pathname.endsWith("/logs")) return giveLog(response, searchParams.get("tail") ?? "all");
  response.setHeader("Api-Version", "1.41");
  for (const [path, reply] of REPLIES) {
    const match = path.exec(pathname);
    if (match) return response.end(JSON.stringify(reply(match[1] ?? "")));
  }
  response.end("OK");
}).listen(socketPath, () => console.log("listening"));

/** Past Node's own writer, which would make one write of each chunk. */
function giveLog({ socket }: ServerResponse, tail: string) {
  const from = tail === "all" ? 0 : Math.max(0, body.length - Number(tail) * chunkBytes);
  socket?.write("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n");
  socket?.write("Connection: close\r\n\r\n");
  socket?.write(body.subarray(from));
  socket?.end("0\r\n\r\n");
}
