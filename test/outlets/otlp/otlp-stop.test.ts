import assert from "node:assert/strict";
import { test } from "node:test";
import { createOtlpOutlet } from "../../../src/outlets/otlp/otlp-outlet.ts";
import { eventually } from "../../support/eventually.ts";
import {
  createFleet,
  endpointOf,
  outletOptions,
  receiverFor,
  startedOutlet,
  watchedTelemetry,
} from "./outlet-support.ts";

for (const protocol of ["http/protobuf", "grpc"] as const) {
  test(`${protocol}: a clean stop pushes a last sweep and ends everything`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const options = { protocol, endpoint: endpointOf(receiver, protocol), endSeriesOnStop: true };
    const fleet = createFleet(["web", "db"]);
    const { outlet } = await startedOutlet(t, options, fleet);
    await receiver.waitFor(() => receiver.latest().size === 4);
    await Promise.all([outlet.stop(), outlet.stop()]);
    assert.equal(fleet.collections, 2);
    assert.equal(receiver.requests.length, 3);
    assert.equal(receiver.latest().size, 0);
  });

  test(`${protocol}: a receiver that hangs does not hold a stop for 5 s`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY });
    const options = { protocol, endpoint: endpointOf(receiver, protocol), endSeriesOnStop: true };
    const { outlet } = await startedOutlet(t, options, createFleet(["web"]));
    await eventually(() => receiver.attempts > 0);
    const late = AbortSignal.timeout(5000);
    await outlet.stop();
    assert.equal(late.aborted, false);
  });
}

test("an export that hangs when the stop comes leaves time for the last sweep and the ends", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY }, 1);
  const options = { endpoint: receiver.httpEndpoint, endSeriesOnStop: true };
  const { outlet } = await startedOutlet(t, options, createFleet(["web"]));
  await eventually(() => receiver.attempts > 0);
  await outlet.stop();
  assert.equal(receiver.requests.length, 2);
  assert.equal(receiver.latest().size, 0);
});

test("a collection that hangs does not hold a stop for 5 s either", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web"]);
  const source = { hangs: false, collect: () => (source.hangs ? new Promise<never>(() => {}) : fleet.collect()) };
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint, endSeriesOnStop: true }, source);
  await receiver.waitFor(() => receiver.latest().size === 2);
  source.hangs = true;
  const late = AbortSignal.timeout(5000);
  await outlet.stop();
  assert.equal(late.aborted, false);
  assert.equal(receiver.latest().size, 0);
});

test("without endSeriesOnStop a stop pushes a last sweep and ends nothing", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, createFleet(["web"]));
  await receiver.waitFor(() => receiver.latest().size === 2);
  await outlet.stop();
  assert.equal(receiver.requests.length, 2);
  assert.equal(receiver.latest().size, 2);
});

test("ends that were still to be told go with the stop", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["web", "db"]);
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint, endSeriesOnStop: true }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 4);
  fleet.containers.delete("web");
  receiver.faults.add({ kind: "status", status: 400 }, 2);
  await outlet.stop();
  assert.equal(receiver.latest().size, 0);
});

test("an outlet that was never started stops at once", async () => {
  const outlet = createOtlpOutlet(outletOptions(), { source: createFleet([]), telemetry: watchedTelemetry() });
  await outlet.stop();
});
