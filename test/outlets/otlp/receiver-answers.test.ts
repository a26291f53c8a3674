import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "../../../src/outlets/otlp/grpc-retry-info.ts";
import { jsonPartialSuccess, protobufPartialSuccess } from "../../../src/outlets/otlp/partial-success.ts";

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

test("a protobuf answer tells how many points were rejected, and why", () => {
  const partial = [...varint(1, 300), ...bytes(2, text("too old"))];
  assert.deepEqual(protobufPartialSuccess(message(bytes(1, partial))), { rejectedPoints: 300, message: "too old" });
});

test("an answer without partial success rejects nothing, whatever fields it has besides", () => {
  const nothing = { rejectedPoints: 0, message: "" };
  assert.deepEqual(protobufPartialSuccess(message([])), nothing);
  const others = [...varint(9, 7), 8 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8, 7 * 8 + 5, 1, 2, 3, 4];
  assert.deepEqual(protobufPartialSuccess(message(others)), nothing);
  assert.deepEqual(jsonPartialSuccess(message(text("{}"))), nothing);
});

test("a JSON answer tells the same, with the number as text or not", () => {
  for (const rejectedDataPoints of [300, "300"]) {
    const answer = JSON.stringify({ partialSuccess: { rejectedDataPoints, errorMessage: "too old" } });
    assert.deepEqual(jsonPartialSuccess(message(text(answer))), { rejectedPoints: 300, message: "too old" });
  }
});

test("what is no answer is an error: a page, a cut-off message", () => {
  assert.throws(() => protobufPartialSuccess(message(text("<html>"))));
  assert.throws(() => protobufPartialSuccess(message(bytes(1, varint(1, 300)).slice(0, -1))));
  assert.throws(() => jsonPartialSuccess(message(text("<html>"))));
});

test("RetryInfo in a gRPC status is the time to wait", () => {
  const duration = [...varint(1, 2), ...varint(2, 500_000_000)];
  const any = [...bytes(1, text(RETRY_INFO)), ...bytes(2, bytes(1, duration))];
  const status = [...varint(1, 8), ...bytes(2, text("slow down")), ...bytes(3, any)];
  assert.equal(retryDelayMs(message(status)), 2500);
});

test("RetryInfo without a delay is at once; a status without one, or garbage, asks for nothing", () => {
  assert.equal(retryDelayMs(message(bytes(3, bytes(1, text(RETRY_INFO))))), 0);
  assert.equal(retryDelayMs(message(bytes(3, bytes(1, text("type.googleapis.com/google.rpc.Help"))))), undefined);
  assert.equal(retryDelayMs(message([])), undefined);
  assert.equal(retryDelayMs(message(text("<html>"))), undefined);
});

function message(content: readonly number[]): Uint8Array {
  return Uint8Array.from(content);
}

function text(content: string): number[] {
  return [...Buffer.from(content)];
}

function varint(field: number, value: number): number[] {
  return [field * 8, ...varintBytes(value)];
}

function bytes(field: number, content: readonly number[]): number[] {
  return [field * 8 + 2, ...varintBytes(content.length), ...content];
}

function varintBytes(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varintBytes(Math.floor(value / 128))];
}
