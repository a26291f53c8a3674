import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEndpoint } from "../../../src/outlets/otlp/check-endpoint.ts";
import { endpointOf, outletOptions, PROTOCOLS, watchedTelemetry } from "../otlp/outlet-support.ts";
import { logReceiver } from "./log-outlet-support.ts";

for (const protocol of PROTOCOLS) {
  test(`${protocol}: a receiver is asked whether it takes logs, and nothing is written there`, async (t) => {
    const receiver = await logReceiver(t, protocol);
    const options = outletOptions({ protocol, endpoint: endpointOf(receiver, protocol), signal: "logs" });
    const { ok, message } = await checkEndpoint(options, watchedTelemetry());
    assert.match(message, /^http:\/\/127\.0\.0\.1:\d+(\/v1\/logs)?: accepted an OTLP request \(.*\) in \d+ ms$/);
    assert.equal(ok, true);
    assert.deepEqual([receiver.accepted, receiver.logs()], [1, []]);
  });
}

test("a path that takes no logs is told by what takes them", async (t) => {
  const receiver = await logReceiver(t, "http/protobuf");
  receiver.faults.add({ kind: "status", status: 404 });
  const options = outletOptions({ endpoint: receiver.httpEndpoint, signal: "logs" });
  const { ok, message, remedy } = await checkEndpoint(options, watchedTelemetry());
  assert.deepEqual([ok, message], [false, `${receiver.httpEndpoint}/v1/logs: HTTP 404: refused`]);
  assert.match(String(remedy), /path \/v1\/logs of logs\.otlp\.endpoint/);
});
