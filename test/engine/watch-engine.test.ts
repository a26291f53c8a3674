import assert from "node:assert/strict";
import { test } from "node:test";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { watchEngine } from "../../src/engine/watch-engine.ts";
import { createBackoff } from "../../src/kit/backoff.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

async function watching(
  work: (parts: {
    simulated: Awaited<ReturnType<typeof startSimulatedEngine>>;
    telemetry: ReturnType<typeof recordingTelemetry>;
    engine: ReturnType<typeof createEngine>;
    seen: string[];
    waits: { count: number; ms?: number };
    start: () => void;
  }) => Promise<void>,
) {
  const simulated = await startSimulatedEngine();
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: simulated.address, requestTimeoutMs: 1_000 }, telemetry);
  const stop = new AbortController();
  const seen: string[] = [];
  const waits: { count: number; ms?: number } = { count: 0 };
  let ended: Promise<void> | undefined;
  const watcher = {
    filters: () => ({ type: ["container"] }),
    onOpen: () => void seen.push("open"),
    onEvent: ({ Action }: { Action?: string }) => void seen.push(String(Action)),
    onEnd: () => void seen.push("end"),
  };
  const start = () => {
    const { next, reset } = createBackoff({ firstMs: 5, maxMs: 20 });
    const counting = () => {
      waits.count++;
      return waits.ms ?? next();
    };
    const backoff = { next: counting, reset };
    ended = watchEngine(engine, watcher, telemetry, { signal: stop.signal, backoff });
  };
  try {
    await work({ simulated, telemetry, engine, seen, waits, start });
  } finally {
    stop.abort();
    await ended;
    engine.close();
    await simulated.close();
  }
}

test("an engine that is not there at boot is waited for, and each state is said once", () =>
  watching(async ({ simulated, telemetry, seen, start }) => {
    await simulated.down();
    start();
    await eventually(
      () => telemetry.said.filter(({ message }) => message === "Engine still can't be reached").length > 2,
    );
    await simulated.up();
    await eventually(() => seen.includes("open"));
    assert.deepEqual(telemetry.aloud(), [
      "warn: Engine can't be reached, trying again until it is back",
      "info: Engine connected",
    ]);
    const warning = telemetry.said.find(({ level }) => level === "warn");
    assert.equal(typeof warning?.fields.retryInMs, "number");
    assert.equal(telemetry.counted().tallyman_engine_reconnects_total, undefined);
  }));

test("an engine that goes and returns is found again, counted and told of", () =>
  watching(async ({ simulated, telemetry, engine, seen, start }) => {
    start();
    await eventually(() => seen.includes("open"));
    for (let round = 1; round <= 3; round++) {
      await simulated.down();
      await eventually(() => telemetry.aloud().filter((line) => line.startsWith("warn")).length === round);
      assert.equal(engine.facts, undefined);
      await simulated.up();
      await eventually(() => seen.filter((what) => what === "open").length === round + 1);
    }
    assert.equal(telemetry.counted().tallyman_engine_reconnects_total, 3);
    assert.deepEqual(telemetry.aloud().slice(-2), [
      "warn: Engine can't be reached, trying again until it is back",
      "info: Engine found again",
    ]);
    simulated.containers.run({ name: "web" });
    await eventually(() => seen.includes("start"));
  }));

test("an engine that is lost again soon after its return is told of as soon as a request finds it away", () =>
  watching(async ({ simulated, telemetry, engine, seen, waits, start }) => {
    waits.ms = 60_000;
    start();
    await eventually(() => seen.includes("open"));
    await simulated.down();
    await eventually(() => seen.includes("end"));
    await assert.rejects(engine.listContainers({ all: true }));
    await eventually(() => telemetry.aloud().length === 2);
    await simulated.up();
    await engine.listContainers({ all: true });
    await eventually(() => seen.filter((what) => what === "open").length === 2);
    assert.deepEqual(telemetry.aloud(), [
      "info: Engine connected",
      "warn: Engine can't be reached, trying again until it is back",
      "info: Engine found again",
    ]);
  }));

test("a loss that is over before it was said is not spoken of", () =>
  watching(async ({ simulated, telemetry, engine, seen, start }) => {
    start();
    await eventually(() => seen.includes("open"));
    simulated.faults.add({ path: "/containers/json", fault: { kind: "truncate", afterBytes: 1 }, times: 1 });
    await assert.rejects(engine.listContainers({ all: true }));
    await engine.listContainers({ all: true });
    await eventually(() => seen.filter((what) => what === "open").length === 2);
    assert.deepEqual(telemetry.aloud(), ["info: Engine connected"]);
  }));

test("a silent end of the stream is followed by another, without a loud word", () =>
  watching(async ({ simulated, telemetry, seen, start }) => {
    start();
    await eventually(() => seen.includes("open"));
    simulated.eventStreams.end();
    await eventually(() => seen.length === 3);
    assert.deepEqual(seen, ["open", "end", "open"]);
    assert.deepEqual(telemetry.aloud(), ["info: Engine connected"]);
  }));

test("an engine that was upgraded while nobody looked is introduced again", () =>
  watching(async ({ simulated, telemetry, seen, start }) => {
    start();
    await eventually(() => seen.includes("open"));
    simulated.upgrade({ engineVersion: "29.7.2" });
    simulated.eventStreams.end();
    await eventually(() => seen.length === 3);
    const introductions = telemetry.said.filter(({ message }) => message === "Engine connected");
    assert.deepEqual(
      introductions.map(({ fields }) => fields.engineVersion),
      ["28.5.2", "29.7.2"],
    );
  }));

test("a refused event stream is said once, asked for seldom, and does not end the watch over the engine", () =>
  watching(async ({ simulated, telemetry, start }) => {
    simulated.faults.add({ path: "/events", fault: PROXY_REFUSAL });
    start();
    const warnings = () => telemetry.said.filter(({ level }) => level === "warn");
    await eventually(() => warnings().length === 1);
    assert.match(String(warnings()[0]?.message), /Event stream can't be had/);
    assert.equal(warnings()[0]?.fields.retryInMs, 30_000);
    assert.equal(simulated.requests.count("/events"), 1);
  }));

test("a stream that opens and breaks at once is waited for before each attempt", () =>
  watching(async ({ simulated, seen, waits, start }) => {
    simulated.faults.add({ path: "/events", fault: { kind: "refuse" } });
    start();
    await eventually(() => simulated.requests.count("/events") >= 10);
    // Each attempt is two requests at most: one that breaks on a connection used before is sent anew.
    assert.ok(simulated.requests.count("/events") <= 2 * (waits.count + 1));
    simulated.faults.clear();
    await eventually(() => seen.includes("open"));
  }));
