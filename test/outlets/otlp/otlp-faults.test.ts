import assert from "node:assert/strict";
import { test } from "node:test";
import { labelSet } from "../../../src/families/label-set.ts";
import { eventually } from "../../support/eventually.ts";
import { createFleet, endpointOf, PROTOCOLS, receiverFor, startedOutlet } from "./outlet-support.ts";

const UNAVAILABLE = 14;
const RESOURCE_EXHAUSTED = 8;

for (const protocol of PROTOCOLS) {
  const busy =
    protocol === "grpc"
      ? ({ kind: "grpc-status", code: UNAVAILABLE } as const)
      : ({ kind: "status", status: 503 } as const);

  test(`${protocol}: a receiver that is busy for a moment gets the same export again, and nothing is said`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add(busy, 1);
    const { telemetry } = await startedOutlet(
      t,
      { protocol, endpoint: endpointOf(receiver, protocol) },
      createFleet(["web"]),
    );
    await receiver.waitFor(() => receiver.latest().size === 2);
    await eventually(() => telemetry.said().length > 0);
    assert.equal(receiver.attempts, 2);
    assert.deepEqual(telemetry.said(), ["Exports arrive"]);
    assert.equal(telemetry.count("tallyman_exports_total", { outcome: "failure" }), 0);
  });

  test(`${protocol}: a receiver that is down is said once, and once more when it is back on the same port`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const { outlet, telemetry } = await startedOutlet(
      t,
      { protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 300 },
      createFleet(["web"]),
    );
    await outlet.exportOnce();
    await receiver.down();
    for (let i = 0; i < 3; i++) await outlet.exportOnce();
    await receiver.up();
    await eventually(async () => (await outlet.exportOnce())?.failure === undefined, { withinMs: 5000 });
    assert.deepEqual(telemetry.said(), [
      "Exports arrive",
      "Exports fail, the next ones make good what is missed",
      "Exports arrive again",
    ]);
  });

  test(`${protocol}: a receiver that is not there is said with what to look at`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    await receiver.down();
    const options = { protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 300 };
    const { outlet, telemetry } = await startedOutlet(t, options, createFleet(["web"]));
    await outlet.exportOnce();
    const failure = telemetry.lines.find(({ level }) => level === "warn")?.fields;
    assert.equal(failure?.reason, protocol === "grpc" ? "gRPC UNAVAILABLE" : "ECONNREFUSED");
    assert.match(String(failure?.remedy), /^Check that .* runs at 127\.0\.0\.1:\d+/);
  });

  test(`${protocol}: a receiver that never answers costs the timeout, and later exports arrive`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY }, 2);
    const options = { protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 200 };
    const { outlet, telemetry } = await startedOutlet(t, options, createFleet(["web"]));
    await outlet.exportOnce();
    assert.equal((await outlet.exportOnce())?.failure, undefined);
    assert.deepEqual(telemetry.lines.find(({ level }) => level === "warn")?.fields.reason, "timeout");
  });

  test(`${protocol}: a partial success counts as accepted, is said once and counted`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "partial-success", rejectedDataPoints: 1, errorMessage: "too old" });
    const { outlet, telemetry } = await startedOutlet(
      t,
      { protocol, endpoint: endpointOf(receiver, protocol) },
      createFleet(["web"]),
    );
    await outlet.exportOnce();
    await outlet.exportOnce();
    const exports = telemetry.count("tallyman_exports_total", { outcome: "partial" });
    assert.equal(telemetry.count("tallyman_rejected_points_total"), exports);
    assert.deepEqual(telemetry.said().sort(), ["Exports arrive", "The receiver accepted an export only in part"]);
    const said = telemetry.lines.find(({ level }) => level === "warn")?.fields;
    assert.deepEqual([said?.rejectedPoints, said?.message], [1, "too old"]);
  });

  test(`${protocol}: an answer that is garbage is accepted, and said once`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "garbage" });
    const options = { protocol, endpoint: endpointOf(receiver, protocol) };
    const { outlet, telemetry } = await startedOutlet(t, options, createFleet(["web"]));
    assert.equal((await outlet.exportOnce())?.failure, undefined);
    assert.equal(telemetry.said().filter((message) => message.includes("not OTLP")).length, 1);
  });

  test(`${protocol}: a connection that is cut off does not stop later exports`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "reset" }, 1);
    const options = { protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 300 };
    const { outlet } = await startedOutlet(t, options, createFleet(["web"]));
    await outlet.exportOnce();
    assert.equal((await outlet.exportOnce())?.failure, undefined);
    assert.equal(receiver.latest().size, 2);
  });
}

const REFUSALS: [status: number, remedy: RegExp][] = [
  [400, /out of order/],
  [401, /otlp\.bearerTokenFile/],
  [403, /otlp\.headers/],
  [404, /\/v1\/metrics of otlp\.endpoint.*--web\.enable-otlp-receiver/],
  [413, /Lower otlp\.maxRequestBytes/],
  [415, /another otlp\.protocol/],
  [500, /receiver's log/],
];

for (const [status, remedy] of REFUSALS) {
  test(`HTTP ${status} is said with the endpoint, what the receiver said and a remedy, and is not tried again`, async (t) => {
    const receiver = await receiverFor(t, "http/protobuf");
    receiver.faults.add({ kind: "status", status, body: "because\u0000 of this" });
    const { outlet, telemetry } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, createFleet(["web"]));
    const report = await outlet.exportOnce();
    assert.deepEqual(report?.failure, { kind: "http", status, detail: "because of this" });
    const { fields } = telemetry.lines.find(({ level }) => level === "warn") ?? {};
    assert.deepEqual([fields?.endpoint, fields?.reason], [`${receiver.httpEndpoint}/v1/metrics`, `HTTP ${status}`]);
    assert.match(String(fields?.remedy), remedy);
    assert.equal(telemetry.said().length, 1);
    assert.equal(receiver.attempts, 2);
  });
}

test("a status that was retried until the time was up is known in the end", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 429, retryAfter: "30" });
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint, timeoutMs: 500 }, createFleet(["web"]));
  assert.deepEqual((await outlet.exportOnce())?.failure, { kind: "http", status: 429, detail: "" });
  assert.equal(receiver.attempts, 2);
});

test("credentials that are refused once are not shown again to the same receiver within one export", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 401 });
  const names = Array.from({ length: 300 }, (_, i) => `container-${i}`);
  const fleet = createFleet(names, { groupSize: 10 });
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  const report = await outlet.exportOnce();
  assert.ok((report?.requests ?? 30) < 5, `${report?.requests} of 30 requests`);
});

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a receiver that is down gets no request after the first ones failed`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    await receiver.down();
    const names = Array.from({ length: 300 }, (_, i) => `container-${i}`);
    const options = { protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 200 };
    const { outlet } = await startedOutlet(t, options, createFleet(names, { groupSize: 10 }));
    const report = await outlet.exportOnce();
    assert.ok((report?.requests ?? 30) < 5, `${report?.requests} of 30 requests`);
  });
}

test("one group that is refused does not keep the others from arriving", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["a", "b", "c"], { groupSize: 1 });
  receiver.faults.add({ kind: "status", status: 400 }, 1);
  const { outlet, telemetry } = await startedOutlet(t, { endpoint: receiver.httpEndpoint }, fleet);
  await receiver.waitFor(() => receiver.latest().size === 4);
  await outlet.exportOnce();
  assert.equal(receiver.latest().size, 6);
  assert.deepEqual(telemetry.lines.find(({ level }) => level === "warn")?.fields.failedRequests, 1);
});

test("gRPC: a receiver that was known by its name is found again within seconds of its return", async (t) => {
  const receiver = await receiverFor(t, "grpc");
  const endpoint = receiver.grpcEndpoint.replace("127.0.0.1", "localhost");
  const { outlet } = await startedOutlet(t, { protocol: "grpc", endpoint, timeoutMs: 200 }, createFleet(["web"]));
  assert.equal((await outlet.exportOnce())?.failure, undefined);
  await receiver.down();
  for (let i = 0; i < 3; i++) assert.ok((await outlet.exportOnce())?.failure);
  await receiver.up();
  await eventually(async () => (await outlet.exportOnce())?.failure === undefined, { withinMs: 5000 });
});

test("gRPC: RESOURCE_EXHAUSTED without a word of when is not tried again", async (t) => {
  const receiver = await receiverFor(t, "grpc");
  receiver.faults.add({ kind: "grpc-status", code: RESOURCE_EXHAUSTED, message: "message larger than max" }, 1);
  const { telemetry } = await startedOutlet(
    t,
    { protocol: "grpc", endpoint: receiver.grpcEndpoint },
    createFleet(["web"]),
  );
  await eventually(() => telemetry.said().length > 0);
  const { fields } = telemetry.lines.find(({ level }) => level === "warn") ?? {};
  assert.equal(fields?.reason, "gRPC RESOURCE_EXHAUSTED");
  assert.match(String(fields?.remedy), /Lower otlp\.maxRequestBytes/);
  assert.equal(receiver.attempts, 1);
});

test("a token file that can't be read is said with its path, and taken up once it is there", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const { outlet } = await startedOutlet(
    t,
    { endpoint: receiver.httpEndpoint, bearerTokenFile: "/nowhere/token" },
    createFleet(["web"]),
  );
  const failure = (await outlet.exportOnce())?.failure;
  assert.equal(failure?.kind, "local");
  assert.match(String(failure?.detail), /bearer token file \/nowhere\/token can't be read/);
});

test("at most one export is under way, however slow the receiver is", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "delay", delayMs: 150 });
  const fleet = createFleet(["web"]);
  const { telemetry } = await startedOutlet(
    t,
    { endpoint: receiver.httpEndpoint, intervalMs: 20, timeoutMs: 10 },
    fleet,
  );
  await eventually(() => telemetry.count("tallyman_exports_total", { outcome: "failure" }) >= 8);
  const failures = telemetry.count("tallyman_exports_total", { outcome: "failure" });
  assert.ok(fleet.collections - failures <= 2, `${fleet.collections} collections, ${failures} ended`);
});

test("ends that could not be told wait for a receiver that is back, together with those of the meantime", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  const fleet = createFleet(["a", "b", "c"]);
  const { outlet } = await startedOutlet(t, { endpoint: receiver.httpEndpoint, timeoutMs: 200 }, fleet);
  await outlet.exportOnce();
  await receiver.down();
  fleet.containers.delete("a");
  await outlet.exportOnce();
  fleet.containers.delete("b");
  fleet.containers.set("d", labelSet({ id: "/docker/d", name: "d" }));
  await outlet.exportOnce();
  await receiver.up();
  await outlet.exportOnce();
  const names = [...receiver.latest().keys()].map((key) => /name="(\w)"/.exec(key)?.[1]);
  assert.deepEqual([...new Set(names)].sort(), ["c", "d"]);
});
