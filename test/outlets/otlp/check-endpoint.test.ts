import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEndpoint } from "../../../src/outlets/otlp/check-endpoint.ts";
import { endpointOf, outletOptions, PROTOCOLS, receiverFor, watchedTelemetry } from "./outlet-support.ts";

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a receiver that accepts a request is well, and nothing is written there`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    const options = outletOptions({ protocol, endpoint: endpointOf(receiver, protocol) });
    const { ok, message } = await checkEndpoint(options, watchedTelemetry());
    assert.match(message, /^http:\/\/127\.0\.0\.1:\d+(\/v1\/metrics)?: accepted an OTLP request \(.*\) in \d+ ms$/);
    assert.equal(ok, true);
    assert.equal(receiver.accepted, 1);
    assert.equal(receiver.latest().size, 0);
  });

  test(`${protocol}: a receiver that is not there is a problem with a remedy, without waiting for retries`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    await receiver.down();
    const options = outletOptions({ protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 60_000 });
    const { ok, message, remedy } = await checkEndpoint(options, watchedTelemetry());
    assert.equal(ok, false);
    assert.match(message, /ECONNREFUSED/);
    assert.match(String(remedy), /receiver.* runs at 127\.0\.0\.1/);
  });

  test(`${protocol}: a receiver that hangs is a problem after the timeout`, async (t) => {
    const receiver = await receiverFor(t, protocol);
    receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY });
    const options = outletOptions({ protocol, endpoint: endpointOf(receiver, protocol), timeoutMs: 100 });
    const { ok, message } = await checkEndpoint(options, watchedTelemetry());
    assert.equal(ok, false);
    assert.match(message, /timeout: no answer within 100 ms$/);
  });
}

test("what refuses says why, with the status and the remedy", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 401, body: "no token" });
  const finding = await checkEndpoint(outletOptions({ endpoint: receiver.httpEndpoint }), watchedTelemetry());
  assert.deepEqual([finding.ok, finding.message], [false, `${receiver.httpEndpoint}/v1/metrics: HTTP 401: no token`]);
  assert.match(String(finding.remedy), /otlp\.bearerToken/);
});

test("what is busy is said as it is", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 503 });
  const finding = await checkEndpoint(outletOptions({ endpoint: receiver.httpEndpoint }), watchedTelemetry());
  assert.deepEqual([finding.ok, finding.message], [false, `${receiver.httpEndpoint}/v1/metrics: HTTP 503`]);
  assert.equal(receiver.attempts, 1);
});

test("something that accepts anything without speaking OTLP is a problem", async (t) => {
  const receiver = await receiverFor(t, "http/protobuf");
  receiver.faults.add({ kind: "garbage" });
  const { ok, message } = await checkEndpoint(outletOptions({ endpoint: receiver.httpEndpoint }), watchedTelemetry());
  assert.equal(ok, false);
  assert.match(message, /an answer that is not OTLP$/);
});

test("an endpoint that is none is a problem that says what is expected", async () => {
  const { ok, message } = await checkEndpoint(outletOptions({ endpoint: "collector:4318" }), watchedTelemetry());
  assert.equal(ok, false);
  assert.match(message, /expected http:\/\/collector:4318/);
});
