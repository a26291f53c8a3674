import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import { stockRequest } from "./stock-request.ts";

const receiver = await startOtlpReceiver({ protocols: ["grpc"] });
const client = new Client(new URL(receiver.grpcEndpoint).host, credentials.createInsecure());
after(async () => {
  client.close();
  await receiver.close();
});

const protobuf = Buffer.from(ProtobufMetricsSerializer.serializeRequest(stockRequest()) as Uint8Array);

function send(body: Buffer, { deadlineMs = 5000 } = {}): Promise<Buffer> {
  const metadata = new Metadata();
  metadata.set("x-team", "infra");
  const asIs = (message: Buffer) => message;
  const path = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, body, metadata, { deadline: Date.now() + deadlineMs }, (error, reply) =>
      error ? reject(error) : resolve(reply as Buffer),
    );
  });
}

const withCode = (code: number) => (error: ServiceError) => error.code === code;

test("the stock serializer's request is taken over gRPC, with its metadata", async () => {
  assert.equal((await send(protobuf)).length, 0);
  const request = receiver.requests.at(-1);
  assert.deepEqual([request?.encoding, request?.body], ["grpc", protobuf]);
  assert.equal(request?.headers["x-team"], "infra");
  assert.equal(receiver.latest().size, 4);
});

test("a message that is none is an invalid argument", async () => {
  await assert.rejects(send(Buffer.from([0xff])), withCode(3));
});

test("more than 4 MiB is refused, as a default Collector does", async () => {
  await assert.rejects(send(Buffer.alloc(4 * 2 ** 20 + 1)), withCode(8));
});

test("a fault's status code reaches the sender", async () => {
  receiver.faults.add({ kind: "grpc-status", code: 14, message: "away" }, 1);
  await assert.rejects(send(protobuf), withCode(14));
  await send(protobuf);
});

test("a hanging backend lets the deadline pass", async () => {
  receiver.faults.add({ kind: "delay", delayMs: Number.POSITIVE_INFINITY }, 1);
  await assert.rejects(send(protobuf, { deadlineMs: 100 }), withCode(4));
});

test("a partial success is a message", async () => {
  receiver.faults.add({ kind: "partial-success", rejectedDataPoints: 1, errorMessage: "x" }, 1);
  assert.deepEqual(await send(protobuf), Buffer.from([0x0a, 5, 0x08, 1, 0x12, 1, 0x78]));
});

test("a backend that is down is unavailable, and back on the same port", async () => {
  await receiver.down();
  await assert.rejects(send(protobuf, { deadlineMs: 500 }), (error: ServiceError) => [4, 14].includes(error.code));
  await receiver.up();
  await new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 20_000, (error) => (error ? reject(error) : resolve())),
  );
  await send(protobuf);
});
