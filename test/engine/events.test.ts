import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import type { EventReply } from "../../src/engine/replies.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { introduced, startScriptedEngine } from "./scripted-engine.ts";

const RECORDING = readFileSync(join(import.meta.dirname, "../fixtures/events-engine-28.5/events-live.ndjson"), "utf8");

/** An engine whose event stream a test writes; `read()` reads it to its end. */
async function withStream(
  work: (parts: {
    streams: ServerResponse[];
    got: EventReply[];
    engine: ReturnType<typeof createEngine>;
    telemetry: ReturnType<typeof recordingTelemetry>;
    read: (signal?: AbortSignal) => Promise<void>;
  }) => Promise<void>,
) {
  const streams: ServerResponse[] = [];
  const server = await startScriptedEngine(
    introduced({ "Api-Version": "1.51" }, (_request, response) => {
      response.flushHeaders();
      streams.push(response);
    }),
  );
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: server.address, requestTimeoutMs: 300 }, telemetry);
  const got: EventReply[] = [];
  async function read(signal = new AbortController().signal) {
    for await (const event of engine.events({ signal })) got.push(event);
  }
  try {
    await work({ streams, got, engine, telemetry, read });
  } finally {
    engine.close();
    await server.close();
  }
}

test("every line that an engine sent arrives as an event, in order", () =>
  withStream(async ({ streams, got, read }) => {
    const reading = read();
    const stream = await eventually(() => streams[0]);
    for (let at = 0; at < RECORDING.length; at += 777) stream.write(RECORDING.slice(at, at + 777));
    stream.end();
    await reading;
    const expected = RECORDING.trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.ok(expected.length > 100);
    assert.deepEqual(got, expected);
  }));

test("lines that are no events are skipped and counted", () =>
  withStream(async ({ streams, got, telemetry, read }) => {
    const reading = read();
    const stream = await eventually(() => streams[0]);
    stream.end('garbage\n\n{"Type":"container"}\nnull\n[]\r\n{"half":\n{"Type":"image"}\n{"unfinished":');
    await reading;
    assert.deepEqual(got, [{ Type: "container" }, { Type: "image" }]);
    assert.equal(telemetry.counted()["tallyman_engine_errors_total{kind=malformed}"], 4);
  }));

test("a line without an end is given up at a mebibyte, and the next is read", () =>
  withStream(async ({ streams, got, telemetry, read }) => {
    const reading = read();
    const stream = await eventually(() => streams[0]);
    for (let i = 0; i < 40; i++) stream.write("x".repeat(64 * 1024));
    stream.end('\n{"Type":"container"}\n');
    await reading;
    assert.deepEqual(got, [{ Type: "container" }]);
    assert.equal(telemetry.counted()["tallyman_engine_errors_total{kind=malformed}"], 1);
  }));

test("a stream that is silent for longer than a request's deadline stays open", () =>
  withStream(async ({ streams, got, engine, read }) => {
    const reading = read();
    const stream = await eventually(() => streams[0]);
    // The same server leaves this one without a body as well, so it measures the deadline.
    await assert.rejects(engine.inspectContainer("abcdef"), /not answered within/);
    stream.end('{"Type":"container"}\n');
    await reading;
    assert.equal(got.length, 1);
  }));

test("after a silent end the next request begins with a handshake, and nobody hears of a loss", () =>
  withStream(async ({ streams, engine, read }) => {
    const told: string[] = [];
    engine.onLost(() => told.push("lost"));
    engine.onConnected(() => told.push("connected"));
    const reading = read();
    (await eventually(() => streams[0])).end();
    await reading;
    assert.equal(engine.facts, undefined);
    await engine.connect();
    assert.deepEqual(told, ["connected"]);
  }));

test("a connection that breaks rejects, and the next request finds out whether the engine is lost", () =>
  withStream(async ({ streams, engine, telemetry, read }) => {
    const told: string[] = [];
    engine.onLost(({ message }) => told.push(message));
    const reading = read();
    (await eventually(() => streams[0])).destroy();
    await assert.rejects(reading, (error) => {
      assert.ok(error instanceof EngineError && error.kind === "unreachable");
      assert.match(error.message, /GET \/v1.51\/events of unix:.* broke off/);
      return true;
    });
    assert.equal(engine.facts, undefined);
    assert.deepEqual(told, []);
    assert.equal(telemetry.counted()["tallyman_engine_errors_total{kind=unreachable}"], 1);
  }));

test("an abort ends the stream quietly, at both ends", () =>
  withStream(async ({ streams, telemetry, engine, read }) => {
    const stop = new AbortController();
    const reading = read(stop.signal);
    const stream = await eventually(() => streams[0]);
    stop.abort();
    await reading;
    await eventually(() => stream.destroyed);
    assert.deepEqual(telemetry.counted(), {});
    assert.ok(engine.facts);
  }));

test("leaving the loop closes the stream", () =>
  withStream(async ({ streams, engine }) => {
    const { signal } = new AbortController();
    const reading = (async () => {
      for await (const event of engine.events({ signal })) return event;
      return undefined;
    })();
    const stream = await eventually(() => streams[0]);
    stream.write('{"Type":"container"}\n');
    assert.deepEqual(await reading, { Type: "container" });
    await eventually(() => stream.destroyed);
  }));

test("a list that does not come ends the stream too: the machine may be gone without a word", async () => {
  const simulated = await startSimulatedEngine();
  const engine = createEngine({ address: simulated.address, requestTimeoutMs: 200 }, recordingTelemetry());
  try {
    let isOpen = false;
    const onOpen = () => {
      isOpen = true;
    };
    const reading = (async () => {
      for await (const _ of engine.events({ signal: new AbortController().signal, onOpen }));
    })();
    const outcome = reading.then(
      () => "ended",
      (error: EngineError) => error.message,
    );
    await eventually(() => isOpen);
    simulated.faults.add({ path: "/containers/json", fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
    await assert.rejects(engine.listContainers({ all: true }));
    assert.match(await outcome, /ended with the connection/);
    await eventually(() => simulated.eventStreams.count === 0);
  } finally {
    engine.close();
    await simulated.close();
  }
});

test("a refused stream rejects with the refusal", async () => {
  const simulated = await startSimulatedEngine();
  const engine = createEngine({ address: simulated.address }, recordingTelemetry());
  simulated.faults.add({ path: "/events", fault: PROXY_REFUSAL });
  try {
    const { signal } = new AbortController();
    await assert.rejects(
      async () => {
        for await (const _ of engine.events({ signal }));
      },
      (error) => error instanceof EngineError && error.kind === "forbidden",
    );
    assert.ok(engine.facts);
  } finally {
    engine.close();
    await simulated.close();
  }
});
