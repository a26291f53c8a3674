import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import { stockRequest } from "./stock-request.ts";

const receiver = await startOtlpReceiver();
after(() => receiver.close());
beforeEach(() => receiver.faults.clear());

const PROTOBUF = "application/x-protobuf";
const WEB_CPU = 'container_cpu_usage_seconds_total{image="bb:latest",name="web"}';
const protobuf = Buffer.from(ProtobufMetricsSerializer.serializeRequest(stockRequest()) as Uint8Array);
const json = Buffer.from(JsonMetricsSerializer.serializeRequest(stockRequest()) as Uint8Array);

interface Post {
  readonly path?: string;
  readonly type?: string;
  readonly encoding?: string;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
}

function post({ path = "/v1/metrics", type = PROTOBUF, encoding, body = protobuf, signal }: Post = {}) {
  const headers = { "Content-Type": type, "X-Team": "infra", ...(encoding ? { "Content-Encoding": encoding } : {}) };
  return fetch(`${receiver.httpEndpoint}${path}`, {
    method: "POST",
    headers,
    body: new Uint8Array(body),
    ...(signal ? { signal } : {}),
  });
}

test("protobuf at the default path is taken, and answered with an empty response message", async () => {
  const response = await post();
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), PROTOBUF);
  assert.equal((await response.arrayBuffer()).byteLength, 0);
  const request = receiver.requests.at(-1);
  assert.deepEqual(
    [request?.encoding, request?.path, request?.wireBytes],
    ["http/protobuf", "/v1/metrics", protobuf.length],
  );
  assert.equal(request?.headers["x-team"], "infra");
  assert.equal(receiver.latest().get(WEB_CPU)?.value, 4.280761412);
});

test("JSON is answered in JSON", async () => {
  const response = await post({ type: "application/json", body: json });
  assert.deepEqual([response.status, await response.json()], [200, { partialSuccess: {} }]);
  assert.equal(receiver.requests.at(-1)?.encoding, "http/json");
});

for (const [name, type, body] of [
  ["protobuf", PROTOBUF, protobuf],
  ["JSON", "application/json", json],
] as const) {
  test(`gzipped ${name} is taken, and its size on the wire told`, async () => {
    const zipped = gzipSync(body);
    assert.equal((await post({ type, encoding: "gzip", body: zipped })).status, 200);
    assert.equal(receiver.requests.at(-1)?.wireBytes, zipped.length);
    assert.deepEqual(receiver.requests.at(-1)?.body, body);
  });
}

test("Prometheus' path is one of the receiver's", async () => {
  assert.equal((await post({ path: "/api/v1/otlp/v1/metrics" })).status, 200);
});

test("a point without a recorded value ends its series", async () => {
  const { resource, scopeMetrics } = stockRequest();
  await post();
  assert.ok(receiver.latest().has(WEB_CPU));
  const flagged = JSON.parse(
    Buffer.from(JsonMetricsSerializer.serializeRequest({ resource, scopeMetrics }) as Uint8Array).toString(),
  );
  flagged.resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints[0].flags = 1;
  await post({ type: "application/json", body: Buffer.from(JSON.stringify(flagged)) });
  assert.ok(!receiver.latest().has(WEB_CPU));
  assert.ok(receiver.latest().has('container_cpu_usage_seconds_total{image="bb:latest",name="dürüm"}'));
});

for (const [what, status, request] of [
  ["another content type", 415, { type: "text/plain" }],
  ["another compression", 415, { encoding: "br" }],
  ["a body that is no message", 400, { body: Buffer.from([0xff, 0xff]) }],
  ["a body that is not JSON", 400, { type: "application/json", body: Buffer.from("{") }],
  ["a body that is not gzip", 400, { encoding: "gzip" }],
  ["more than 20 MiB", 413, { body: Buffer.alloc(20 * 2 ** 20 + 1) }],
  ["more than 20 MiB once unpacked", 413, { encoding: "gzip", body: gzipSync(Buffer.alloc(20 * 2 ** 20 + 1)) }],
  ["another path", 404, { path: "/v1/traces" }],
] as const) {
  test(`${what} is refused with ${status}`, async () => {
    const { accepted } = receiver;
    const response = await post(request);
    await response.arrayBuffer();
    assert.equal(response.status, status);
    assert.equal(receiver.accepted, accepted);
  });
}

test("a refusal says why in the encoding of the request", async () => {
  const response = await post({ type: "application/json", body: Buffer.from("{") });
  assert.deepEqual(await response.json(), { code: 3, message: "The body is not JSON" });
});

test("a get is refused with 405", async () => {
  assert.equal((await fetch(`${receiver.httpEndpoint}/v1/metrics`)).status, 405);
});

test("a fault of status and Retry-After counts as an attempt, takes nothing, and is over after its times", async () => {
  const { attempts, accepted } = receiver;
  receiver.faults.add({ kind: "status", status: 503, retryAfter: "7" }, 1);
  const refused = await post();
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "7"]);
  assert.deepEqual([receiver.attempts - attempts, receiver.accepted - accepted], [1, 0]);
  assert.equal((await post()).status, 200);
});

test("a lost connection gives no answer", async () => {
  receiver.faults.add({ kind: "reset" }, 1);
  await assert.rejects(post());
});

test("a hanging backend answers never, and takes nothing", async () => {
  const { accepted, attempts } = receiver;
  receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY }, 1);
  await assert.rejects(post({ signal: AbortSignal.timeout(100) }), { name: "TimeoutError" });
  assert.deepEqual([receiver.attempts - attempts, receiver.accepted - accepted], [1, 0]);
});

test("a slow backend answers later", async () => {
  receiver.faults.add({ kind: "delay", delayMs: 20 }, 1);
  assert.equal((await post()).status, 200);
});

test("a partial success says how many points were refused, in either encoding", async () => {
  receiver.faults.add({ kind: "partial-success", rejectedDataPoints: 300, errorMessage: "too old" }, 2);
  const binary = Buffer.from(await (await post()).arrayBuffer());
  assert.deepEqual(binary, Buffer.from([0x0a, 12, 0x08, 0xac, 0x02, 0x12, 7, ...Buffer.from("too old")]));
  const text = await (await post({ type: "application/json", body: json })).json();
  assert.deepEqual(text, { partialSuccess: { rejectedDataPoints: "300", errorMessage: "too old" } });
});

test("garbage comes with 200 and is no message", async () => {
  receiver.faults.add({ kind: "garbage" }, 1);
  const response = await post();
  assert.equal(response.status, 200);
  assert.match(await response.text(), /noise/);
});

test("waitFor resolves when a request brings what it waits for, and rejects in time when none does", async () => {
  const before = receiver.accepted;
  const waiting = receiver.waitFor(() => receiver.accepted > before && "there");
  await post();
  assert.equal(await waiting, "there");
  await assert.rejects(
    receiver.waitFor(() => false, 20),
    /did not get within 20 ms/,
  );
});

test("only so many requests are kept, and all are counted", async () => {
  const small = await startOtlpReceiver({ keptRequests: 2 });
  for (let i = 0; i < 3; i++) {
    await fetch(`${small.httpEndpoint}/v1/metrics`, {
      method: "POST",
      headers: { "Content-Type": PROTOBUF },
      body: new Uint8Array(protobuf),
    });
  }
  assert.deepEqual([small.requests.length, small.accepted, small.receivedBytes], [2, 3, 3 * protobuf.length]);
  await small.close();
});

test("a backend that is down refuses connections, and is back on the same port", async () => {
  await receiver.down();
  await assert.rejects(post());
  await receiver.up();
  assert.equal((await post()).status, 200);
});
