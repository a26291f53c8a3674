import assert from "node:assert/strict";
import { test } from "node:test";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import { watchEngine } from "../../src/engine/watch-engine.ts";
import { createExportState } from "../../src/outlets/otlp/export-state.ts";
import { otlpEndpoint } from "../../src/outlets/otlp/otlp-endpoint.ts";
import { recordingTelemetry } from "../engine/recording-telemetry.ts";
import { eventually } from "../support/eventually.ts";

test("engine that fails now in one way and now in another: said once for each way", async (t) => {
  const engine = await startSimulatedEngine();
  t.after(() => engine.close());
  const telemetry = recordingTelemetry();
  const client = createEngine({ address: engine.address, requestTimeoutMs: 100 }, telemetry);
  t.after(() => client.close());
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const backoff = { next: () => 5, reset() {} };
  const watcher = { filters: () => ({}), onOpen() {}, onEvent() {}, onEnd() {} };
  engine.faults.add({ path: "/_ping", fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
  for (let i = 0; i < 6; i++) {
    engine.faults.add({ path: "/_ping", fault: { kind: "refuse" }, times: 1 });
    engine.faults.add({ path: "/_ping", fault: { kind: "respond", status: 500, body: "{}" }, times: 1 });
  }
  const watching = watchEngine(client, watcher, telemetry, { signal: stopping.signal, backoff });
  await eventually(() => engine.requests.count("/_ping") > 14);
  const warned = telemetry.said.filter(({ level }) => level === "warn").map(({ fields }) => fields.kind);
  assert.deepEqual(warned.sort(), ["refused-by-engine", "timeout", "unreachable"]);
  stopping.abort();
  await watching;
});

test("endpoint that fails now in one way and now in another: said once for each way, and once of its return", () => {
  const telemetry = recordingTelemetry();
  const endpoint = otlpEndpoint({ protocol: "http/protobuf", endpoint: "http://127.0.0.1:4318" });
  const state = createExportState({ endpoint, protocol: "http/protobuf", telemetry });
  const report = { requests: 1, failedRequests: 1, points: 0 };
  for (let i = 0; i < 10; i++) {
    state.exported({ ...report, failure: { kind: "http", status: 503, detail: "" } });
    state.exported({ ...report, failure: { kind: "http", status: 429, detail: "" } });
  }
  state.exported({ requests: 1, failedRequests: 0, points: 1 });
  assert.deepEqual(
    telemetry.said.filter(({ level }) => level !== "debug").map(({ level }) => level),
    ["warn", "warn", "info"],
  );
});

test("receiver that words the same complaint with other numbers each time: quoted once", () => {
  const telemetry = recordingTelemetry();
  const endpoint = otlpEndpoint({ protocol: "http/protobuf", endpoint: "http://127.0.0.1:4318" });
  const state = createExportState({ endpoint, protocol: "http/protobuf", telemetry });
  for (let i = 0; i < 10; i++) {
    state.answered({ accepted: true, rejectedPoints: i + 1, message: `${i + 1} points too old at 08:00:0${i}` });
  }
  assert.equal(telemetry.said.length, 1);
});

test("engine that answers for another container than the one asked for: not believed", async (t) => {
  const engine = await startSimulatedEngine({ engineVersion: "29.0.0", apiVersion: "1.52" });
  t.after(() => engine.close());
  const client = createEngine({ address: engine.address }, recordingTelemetry());
  t.after(() => client.close());
  const [asked = "", other = ""] = [engine.containers.run({ name: "a" }), engine.containers.run({ name: "b" })];
  engine.faults.add({ path: /json$/, fault: { kind: "edit", edit: (reply: object) => ({ ...reply, Id: other }) } });
  engine.faults.add({ path: /stats$/, fault: { kind: "edit", edit: (reply: object) => ({ ...reply, id: other }) } });
  for (const ask of [() => client.inspectContainer(asked), () => client.containerStats(asked)]) {
    await assert.rejects(ask(), (error) => error instanceof EngineError && error.kind === "malformed");
  }
});
