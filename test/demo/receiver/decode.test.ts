import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { decodeExportRequest } from "../../../src/demo/receiver/decode.ts";
import { decodeJsonExportRequest } from "../../../src/demo/receiver/decode-json.ts";
import { DecodeError, pointsOf, seriesKey } from "../../../src/demo/receiver/export-request.ts";
import { READ_NANO, START_NANO, stockRequest } from "./stock-request.ts";

const protobuf = ProtobufMetricsSerializer.serializeRequest(stockRequest()) as Uint8Array;
const json = new TextDecoder().decode(JsonMetricsSerializer.serializeRequest(stockRequest()) as Uint8Array);

test("the stock protobuf serializer's request is read whole", () => {
  const { resources } = decodeExportRequest(protobuf);
  assert.equal(resources.length, 1);
  assert.deepEqual(resources[0]?.attributes, {
    "service.name": "tallyman",
    "service.instance.id": "vm",
    "process.pid": 7n,
  });
  const [scope] = resources[0]?.scopes ?? [];
  assert.deepEqual([scope?.name, scope?.version], ["tallyman", "1.2.3"]);
  const [cpu, memory] = scope?.metrics ?? [];
  assert.deepEqual(
    { ...cpu, points: cpu?.points.length },
    {
      name: "container_cpu_usage_seconds_total",
      description: "CPU time.",
      unit: "",
      kind: "sum",
      temporality: 2,
      isMonotonic: true,
      points: 2,
    },
  );
  assert.deepEqual([memory?.kind, memory?.temporality, memory?.isMonotonic], ["gauge", 0, false]);
  assert.deepEqual(cpu?.points[1], {
    attributes: { name: "dürüm", image: "bb:latest" },
    value: 5.280761412,
    valueType: "double",
    startTimeUnixNano: START_NANO,
    timeUnixNano: READ_NANO,
    flags: 0,
  });
});

test("the stock JSON serializer's request says the same as the protobuf one", () => {
  assert.deepEqual(decodeJsonExportRequest(json), decodeExportRequest(protobuf));
});

test("a series is named by its metric and its labels in order", () => {
  const keys = [...pointsOf(decodeExportRequest(protobuf))].map(({ key }) => key);
  assert.equal(keys[0], 'container_cpu_usage_seconds_total{image="bb:latest",name="web"}');
  assert.equal(keys.length, 4);
  assert.equal(seriesKey("up", {}), "up");
});

test("a message cut off anywhere is refused, unless it is cut between two fields of the request", () => {
  for (let length = 1; length < protobuf.length; length++) {
    assert.throws(() => decodeExportRequest(protobuf.subarray(0, length)), DecodeError, `the first ${length} bytes`);
  }
});

/** A request of one gauge with one point, which has the given bytes. */
function requestWithPoint(...point: number[]): Uint8Array {
  const wrap = (field: number, inner: number[]) => [(field << 3) | 2, inner.length, ...inner];
  return Uint8Array.from(wrap(1, wrap(2, wrap(2, wrap(5, wrap(1, point))))));
}

test("the flag of a point without a value is read", () => {
  const [only] = [...pointsOf(decodeExportRequest(requestWithPoint(0x40, 1)))];
  assert.equal(only?.point.flags, 1);
  assert.equal(only?.point.value, undefined);
});

test("an integer point may be negative", () => {
  const minusTwo = [0x31, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
  const [only] = [...pointsOf(decodeExportRequest(requestWithPoint(...minusTwo)))];
  assert.deepEqual([only?.point.value, only?.point.valueType], [-2, "int"]);
});

for (const [what, bytes] of [
  ["a group, a wire type that is out of use", [0x43]],
  ["a wire type that does not exist", [0x47]],
  ["a known field of another wire type", [0x20, 1]],
  ["a field that the schema has not", [0x78, 1]],
  ["field number 0", [0x00, 1]],
  ["a varint that does not end", [0x40, ...new Array<number>(11).fill(0x80)]],
  ["a label that is there twice", [0x3a, 3, 0x0a, 1, 0x61, 0x3a, 3, 0x0a, 1, 0x61]],
  ["a label that is not UTF-8", [0x3a, 3, 0x0a, 1, 0xff]],
] as const) {
  test(`a point with ${what} is refused`, () => {
    assert.throws(() => decodeExportRequest(requestWithPoint(...bytes)), DecodeError);
  });
}

test("a metric that is an exponential histogram is refused", () => {
  assert.throws(() => decodeExportRequest(Uint8Array.of(0x0a, 6, 0x12, 4, 0x12, 2, 0x52, 0)), DecodeError);
});

for (const [what, text] of [
  ["is not JSON", "{"],
  ["is no object", "[]"],
  ["has something else than a list of metrics", '{"resourceMetrics":[{"scopeMetrics":{}}]}'],
  ["has a metric without points", '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"x"}]}]}]}'],
] as const) {
  test(`a JSON body that ${what} is refused`, () => {
    assert.throws(() => decodeJsonExportRequest(text), DecodeError);
  });
}
