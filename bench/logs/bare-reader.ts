/**
 * The floor: a bare socket on which a container's log is asked for, and what comes is written to a file, unread.
 * node bench/logs/bare-reader.ts <socket path> <container> <file> [follow]: prints one line of JSON.
 */
import { openSync, writeSync } from "node:fs";
import { connect } from "node:net";

const [socketPath = "", container, path = "", follow] = process.argv.slice(2);
const QUERY = `stdout=1&stderr=1&timestamps=1&follow=${follow ? 1 : 0}&tail=all`;
const file = openSync(path, "w");
const before = process.cpuUsage();
const startedAtMs = performance.now();
let bytes = 0;

const socket = connect(socketPath, () => {
  socket.write(`GET /containers/${container}/logs?${QUERY} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n`);
});
socket.on("data", (chunk) => {
  bytes += writeSync(file, chunk);
});
socket.on("end", () => {
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ cpuMs: (user + system) / 1000, wallMs: performance.now() - startedAtMs, bytes }));
});
