import assert from "node:assert/strict";
import { test } from "node:test";
import type { OtlpProtocol } from "../../../src/outlets/otlp/otlp-options.ts";
import type { ContainerRecords } from "../../../src/outlets/otlp-logs/outgoing-records.ts";
import { PROTOCOLS } from "../otlp/outlet-support.ts";
import { batchOf, logOutlet, logReceiver, record } from "./log-outlet-support.ts";

const NEVER = new AbortController().signal;
const RESOURCE_EXHAUSTED = 8;
const INVALID_ARGUMENT = 3;

function status(protocol: OtlpProtocol, { http, grpc }: { http: number; grpc: number }) {
  return protocol === "grpc"
    ? ({ kind: "grpc-status", code: grpc } as const)
    : ({ kind: "status", status: http } as const);
}

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a record arrives with all that is known of it`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet } = logOutlet(t, receiver, { protocol });
    const attributes = { "container.name": "web", "container.image.tags": ["1.2"] };
    assert.equal(await outlet.send([{ attributes, records: [record("it broke: grüße")] }], NEVER), "settled");
    const [log] = receiver.logs();
    assert.equal(log?.body, "it broke: grüße");
    assert.equal(log?.timeUnixNano, 1_795_237_200_123_456_789n);
    assert.equal(log?.observedTimeUnixNano, 1_795_237_201_500_000_000n);
    assert.deepEqual([log?.severityNumber, log?.severityText], [17, "error"]);
    assert.deepEqual(log?.attributes, { "log.iostream": "stderr", "tallyman.line.continues": true });
    assert.deepEqual(log?.resource, { "host.name": "host-1", ...attributes });
  });

  test(`${protocol}: what is no UTF-8 arrives byte for byte, as bytes`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet } = logOutlet(t, receiver, { protocol });
    const bytes = Buffer.from([0x61, 0xff, 0x00, 0xfe, 0x62]);
    await outlet.send([{ attributes: {}, records: [{ ...record(""), body: bytes }] }], NEVER);
    assert.deepEqual(Buffer.from(receiver.logs()[0]?.body as Uint8Array), bytes);
  });

  test(`${protocol}: a line of an unknown time and level has neither`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet } = logOutlet(t, receiver, { protocol });
    await outlet.send([{ attributes: {}, records: [{ ...record("x"), time: "", severity: undefined }] }], NEVER);
    const [log] = receiver.logs();
    assert.deepEqual([log?.timeUnixNano, log?.severityNumber, log?.severityText], [0n, 0, ""]);
  });

  test(`${protocol}: a batch for which the receiver has no room now is held, said once, and taken later`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet, telemetry } = logOutlet(t, receiver, { protocol, timeoutMs: 300 });
    const end = receiver.faults.add(status(protocol, { http: 429, grpc: RESOURCE_EXHAUSTED }));
    assert.equal(await outlet.send(batchOf(2), NEVER), "held");
    assert.equal(await outlet.send(batchOf(2), NEVER), "held");
    end();
    assert.equal(await outlet.send(batchOf(2), NEVER), "settled");
    assert.equal(telemetry.count("tallyman_log_records_sent_total"), 2);
    assert.equal(telemetry.count("tallyman_log_records_dropped_total"), 0);
    assert.deepEqual(telemetry.said(), [
      "Exports fail, the next ones make good what is missed",
      "Exports arrive again",
    ]);
  });

  test(`${protocol}: a receiver that is not there holds the batch`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet } = logOutlet(t, receiver, { protocol, timeoutMs: 300 });
    await receiver.down();
    assert.equal(await outlet.send(batchOf(1), NEVER), "held");
  });

  test(`${protocol}: records that are refused for good are left out, counted and said once`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet, telemetry } = logOutlet(t, receiver, { protocol });
    receiver.faults.add(status(protocol, { http: 400, grpc: INVALID_ARGUMENT }));
    assert.equal(await outlet.send(batchOf(1), NEVER), "settled");
    assert.equal(await outlet.send(batchOf(1), NEVER), "settled");
    assert.equal(telemetry.count("tallyman_log_records_dropped_total", { reason: "refused" }), 2);
    assert.deepEqual(telemetry.said(), ["Log records are refused for what they are, and left out"]);
  });

  test(`${protocol}: records that a receiver rejects out of a batch that it takes are counted`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const { outlet, telemetry } = logOutlet(t, receiver, { protocol });
    receiver.faults.add({ kind: "partial-success", rejectedDataPoints: 2, errorMessage: "too old" });
    assert.equal(await outlet.send(batchOf(5), NEVER), "settled");
    assert.equal(telemetry.count("tallyman_log_records_dropped_total", { reason: "rejected" }), 2);
    assert.equal(telemetry.count("tallyman_log_records_sent_total"), 3);
  });
}

test("one record that is refused costs no more than its part of the batch", async (t) => {
  const receiver = await logReceiver(t, "http/protobuf");
  const { outlet, telemetry } = logOutlet(t, receiver, {});
  const refuseFirst = receiver.faults.add({ kind: "status", status: 400 }, 5);
  assert.equal(await outlet.send(batchOf(16), NEVER), "settled");
  refuseFirst();
  assert.equal(telemetry.count("tallyman_log_records_dropped_total"), 1);
  assert.deepEqual(
    receiver.logs().map(({ body }) => body),
    batchOf(16).flatMap(({ records }: ContainerRecords) => records.slice(1).map(({ body }) => String(body))),
  );
});

test("a batch larger than a request may be is sent in several, and one record that is too large left out", async (t) => {
  const receiver = await logReceiver(t, "http/protobuf");
  const { outlet, telemetry } = logOutlet(t, receiver, { maxRequestBytes: 1_000 });
  assert.equal(await outlet.send(batchOf(40), NEVER), "settled");
  assert.ok(receiver.requests.length > 3);
  receiver.faults.add({ kind: "status", status: 413 }, 1);
  await outlet.send([{ attributes: {}, records: [record("x".repeat(5_000))] }], NEVER);
  assert.equal(telemetry.count("tallyman_log_records_dropped_total", { reason: "refused" }), 1);
  assert.equal(receiver.logs().length, 40);
});

for (const wrong of [401, 403, 404, 405, 415, 500]) {
  test(`HTTP ${wrong}, which a person puts right, costs no record`, async (t) => {
    const receiver = await logReceiver(t, "http/protobuf");
    const { outlet, telemetry } = logOutlet(t, receiver, {});
    receiver.faults.add({ kind: "status", status: wrong });
    assert.equal(await outlet.send(batchOf(3), NEVER), "held");
    assert.equal(telemetry.count("tallyman_log_records_dropped_total"), 0);
  });
}

test("a path that takes no logs is said with the setting to look at", async (t) => {
  const receiver = await logReceiver(t, "http/protobuf");
  const { outlet, telemetry } = logOutlet(t, receiver, { endpoint: `${receiver.httpEndpoint}/v1/nothing` });
  assert.equal(await outlet.send(batchOf(1), NEVER), "held");
  assert.match(String(telemetry.lines[0]?.fields.remedy), /\/v1\/nothing of logs\.otlp\.endpoint/);
});

test("nothing to send asks nobody", async (t) => {
  const receiver = await logReceiver(t, "http/protobuf");
  const { outlet } = logOutlet(t, receiver, {});
  assert.equal(await outlet.send([], NEVER), "settled");
  assert.equal(receiver.attempts, 0);
});
