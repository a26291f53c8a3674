import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { PROXY_REFUSAL, WRONG_TYPES, ZEROED_STATS } from "../../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { ask } from "./ask.ts";

const engine = await startSimulatedEngine();
const id = engine.containers.run({ name: "web", labels: { a: "b" } });
const STATS = `/v1.51/containers/${id}/stats?stream=false&one-shot=true`;
after(() => engine.close());
beforeEach(() => engine.faults.clear());

test("a fault is of the paths that begin so, whatever the version, and of no other", async () => {
  engine.faults.add({ path: "/containers/json", fault: { kind: "respond", status: 500, body: "oh" } });
  assert.equal((await ask(engine, "/v1.51/containers/json")).status, 500);
  assert.equal((await ask(engine, "/containers/json?all=1")).status, 500);
  assert.equal((await ask(engine, `/containers/${id}/json`)).status, 200);
});

test("a fault may be of a pattern", async () => {
  engine.faults.add({ path: /\/stats$/, fault: { kind: "respond", status: 500, body: "oh" } });
  assert.equal((await ask(engine, STATS)).status, 500);
  assert.equal((await ask(engine, "/version")).status, 200);
});

test("a fault is over after its times, or when it is removed", async () => {
  engine.faults.add({ path: "/version", times: 1, fault: { kind: "respond", status: 500, body: "" } });
  assert.deepEqual([(await ask(engine, "/version")).status, (await ask(engine, "/version")).status], [500, 200]);
  const remove = engine.faults.add({ path: "/version", fault: { kind: "respond", status: 502, body: "" } });
  assert.equal((await ask(engine, "/version")).status, 502);
  remove();
  assert.equal((await ask(engine, "/version")).status, 200);
});

test("a proxy's refusal is HTML with 403", async () => {
  engine.faults.add({ path: "/info", fault: PROXY_REFUSAL });
  const told = await ask(engine, "/info");
  assert.deepEqual([told.status, told.headers["content-type"]], [403, "text/html"]);
  assert.match(told.text, /administrative rules/);
});

test("a refused connection is lost before any answer", async () => {
  engine.faults.add({ path: "/_ping", fault: { kind: "refuse" } });
  await assert.rejects(ask(engine, "/_ping"), { code: "ECONNRESET" });
});

test("one slow container does not hold up another", async () => {
  const other = engine.containers.run();
  engine.faults.add({ path: `/containers/${id}/stats`, fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
  const slow = assert.rejects(ask(engine, STATS, { timeoutMs: 200 }), { code: "ABORT_ERR" });
  assert.equal((await ask(engine, STATS.replace(id, other))).status, 200);
  await slow;
});

test("a late answer is the whole one", async () => {
  engine.faults.add({ path: "/version", fault: { kind: "delay", delayMs: 20 } });
  assert.equal((await ask(engine, "/version")).json.Version, "28.5.2");
});

test("a body that stalls never ends", async () => {
  engine.faults.add({ path: "/containers/json", fault: { kind: "stall", afterBytes: 10 } });
  await assert.rejects(ask(engine, "/containers/json", { timeoutMs: 200 }));
});

test("a truncated body is a connection lost after the headers", async () => {
  engine.faults.add({ path: "/containers/json", fault: { kind: "truncate", afterBytes: 10 } });
  await assert.rejects(ask(engine, "/containers/json"), { message: "aborted" });
});

test("an endless body goes on until its reader leaves", async () => {
  engine.faults.add({ path: "/containers/json", fault: { kind: "endless" } });
  await assert.rejects(ask(engine, "/containers/json", { timeoutMs: 200 }));
});

test("a malformed body is no JSON", async () => {
  engine.faults.add({ path: "/containers/json", fault: { kind: "malformed" } });
  const told = await ask(engine, "/containers/json");
  assert.equal(told.status, 200);
  assert.throws(() => told.json, SyntaxError);
});

test("zeroed stats are those of a container that does not run", async () => {
  engine.faults.add({ path: `/containers/${id}/stats`, fault: ZEROED_STATS });
  const { json } = await ask(engine, STATS);
  assert.deepEqual([json.read, json.memory_stats], ["0001-01-01T00:00:00Z", {}]);
});

test("wrong types are of every field", async () => {
  engine.faults.add({ path: "/containers", fault: WRONG_TYPES });
  const { json } = await ask(engine, STATS);
  assert.equal(typeof json.read, "number");
  assert.equal(typeof json.cpu_stats.online_cpus, "string");
  assert.ok(!Array.isArray(json.blkio_stats.io_service_bytes_recursive));
});

test("an engine that is down is not there, and comes back on the same address with its containers", async () => {
  const hanging = ask(engine, `/containers/${id}/stats`);
  await engine.down();
  await assert.rejects(hanging);
  await assert.rejects(ask(engine, "/_ping"), { code: "ENOENT" });
  await engine.up();
  assert.equal((await ask(engine, `/containers/${id}/json`)).json.Name, "/web");
});

test("on TCP it comes back on the same port", async () => {
  const remote = await startSimulatedEngine({ address: { port: 0 } });
  assert.match(remote.address, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  await remote.down();
  await assert.rejects(ask(remote, "/_ping"), { code: "ECONNREFUSED" });
  await remote.up();
  assert.equal((await ask(remote, "/_ping")).text, "OK");
  await remote.close();
});
