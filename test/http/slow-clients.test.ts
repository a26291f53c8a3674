import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import type { DoorTimes } from "../../src/http/door.ts";
import type { Route } from "../../src/http/route.ts";
import { eventually } from "../support/eventually.ts";
import { openedDoor, request, sendRaw, statusIn, textRoute } from "./opened-door.ts";

/** Long enough for a machine that is busy to send a whole header. */
const BRIEF: Partial<DoorTimes> = { headMs: 3_000 };

test("a header that comes byte by byte is refused with 408, and those who ask at once are answered meanwhile", async (t) => {
  const { port, url, telemetry } = await openedDoor([textRoute("/metrics")], { t, times: BRIEF });
  const loris = Array.from({ length: 40 }, () => drip(port, "GET /metrics HTTP/1.1\r\nHost: door\r\nX-Slow: "));
  assert.equal((await fetch(new URL("/metrics", url))).status, 200);
  const answers = await Promise.all(loris.map(({ answer }) => answer));
  assert.deepEqual(new Set(answers.map(statusIn)), new Set([408]));
  assert.equal(telemetry.counted()["tallyman_http_requests_total{path=other,status=408}"], 40);
});

test("a connection that says nothing is ended", async (t) => {
  const { port } = await openedDoor([textRoute("/metrics")], { t, times: BRIEF });
  assert.equal(statusIn(await sendRaw(port, "")), 408);
});

test("a client that was refused and does not go is let go of", async (t) => {
  const { port, telemetry } = await openedDoor([textRoute("/metrics")], { t, times: { headMs: 3_600_000 } });
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.on("error", () => undefined).resume();
  socket.write("nonsense\r\n\r\n");
  await once(socket, "end");
  await eventually(() => telemetry.counted().tallyman_http_connections === 0);
});

test("a connection that waits for its next request for too long is ended without a word", async (t) => {
  const { port } = await openedDoor([textRoute("/metrics")], { t, times: { idleMs: 100, stallMs: 3_600_000 } });
  const response = await sendRaw(port, "GET /metrics HTTP/1.1\r\nHost: door\r\n\r\n");
  assert.equal(statusIn(response), 200);
  assert.equal(response.match(/HTTP\/1\.1/g)?.length, 1);
});

test("a client that does not take its answer is let go of", async (t) => {
  const large = textRoute("/large", "x".repeat(64 * 1024 * 1024), { "content-type": "application/octet-stream" });
  const { port, telemetry } = await openedDoor([large], { t, times: { stallMs: 300 } });
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(request("GET /large"));
  await eventually(() => telemetry.counted().tallyman_http_connections === 0, { withinMs: 30_000 });
});

test("connections beyond the limit are refused and counted, and idle ones make room", async (t) => {
  const { port, url, telemetry } = await openedDoor([textRoute("/metrics")], { t, maxConnections: 4 });
  const idle = Array.from({ length: 4 }, () => connect(port, "127.0.0.1"));
  t.after(() => {
    for (const socket of idle) socket.destroy();
  });
  for (const socket of idle) socket.on("error", () => undefined).write("GET /metrics HTTP/1.1\r\nHost: door\r\n\r\n");
  await Promise.all(idle.map((socket) => once(socket, "data")));
  await eventually(async () => {
    const response = await fetch(new URL("/metrics", url)).catch(() => undefined);
    return response?.status === 200;
  });
  assert.ok((telemetry.counted().tallyman_http_connections_refused_total ?? 0) >= 1);
});

test("more requests at once than the limit, sent on one connection, get 503", async (t) => {
  const held: (() => void)[] = [];
  const slow: Route = {
    path: "/slow",
    answer: () => new Promise((resolve) => held.push(() => resolve({ status: 200, body: "late" }))),
  };
  const { port, telemetry } = await openedDoor([slow], { t, maxConnections: 3 });
  const answers = sendRaw(port, `${"GET /slow HTTP/1.1\r\nHost: door\r\n\r\n".repeat(9)}${request("GET /slow")}`);
  const refused = () => telemetry.counted()["tallyman_http_requests_total{path=other,status=503}"];
  await eventually(() => held.length === 3 && refused() === 7);
  // Answers keep the order of their requests, so the refusals wait behind the first three.
  for (const release of held) release();
  const statuses = [...(await answers).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(statuses, ["200", "200", "200", ...Array(7).fill("503")]);
});

test("garbage behind a request that is being answered is never taken for its answer", async (t) => {
  const slow: Route = { path: "/slow", answer: () => new Promise(() => undefined) };
  const { port, url } = await openedDoor([slow, textRoute("/metrics")], { t, times: { stopMs: 10 } });
  assert.equal(await sendRaw(port, "GET /slow HTTP/1.1\r\nHost: door\r\n\r\n\0\0\0garbage\r\n\r\n"), "");
  assert.equal((await fetch(new URL("/metrics", url))).status, 200);
});

/** Sends a byte every now and then. */
function drip(port: number, start: string): { answer: Promise<string> } {
  const socket: Socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  socket.write(start);
  const timer = setInterval(() => socket.writable && socket.write("x"), 20);
  return {
    answer: once(socket, "close").then(() => {
      clearInterval(timer);
      return received;
    }),
  };
}
