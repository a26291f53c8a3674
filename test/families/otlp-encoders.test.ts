import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { decodeExportRequest } from "../../src/demo/receiver/decode.ts";
import { decodeJsonExportRequest } from "../../src/demo/receiver/decode-json.ts";
import { pointsOf } from "../../src/demo/receiver/export-request.ts";
import { labelSet } from "../../src/families/label-set.ts";
import { type MetricFamily, metricFamily, NO_RECORDED_VALUE } from "../../src/families/metric-family.ts";
import { jsonEncoder } from "../../src/families/otlp-json.ts";
import { protobufEncoder } from "../../src/families/otlp-protobuf.ts";
import type { OtlpEncoder } from "../../src/families/otlp-request.ts";
import { seeded } from "../support/seeded.ts";
import { asResourceMetrics, ODD_VALUES, randomFamilies, SENDER } from "./random-families.ts";

const decodeJson = (bytes: Uint8Array) => decodeJsonExportRequest(Buffer.from(bytes).toString("utf8"));

const ENCODINGS = [
  { name: "protobuf", encoder: protobufEncoder, stock: ProtobufMetricsSerializer, decode: decodeExportRequest },
  { name: "JSON", encoder: jsonEncoder, stock: JsonMetricsSerializer, decode: decodeJson },
];

for (const { name, encoder, stock, decode } of ENCODINGS) {
  test(`${name}: says what the stock serializer says of the same families`, () => {
    for (let seed = 1; seed <= 60; seed++) {
      const families = randomFamilies(seeded(seed)).filter((family) => family.dataPoints.length > 0);
      if (families.length === 0) continue;
      const expected = stock.serializeRequest(asResourceMetrics(families)) as Uint8Array;
      assert.deepEqual(
        withoutMinusZero(decode(only(encoder, families))),
        withoutMinusZero(decode(expected)),
        `${seed}`,
      );
    }
  });

  test(`${name}: every kind of double arrives as it is`, () => {
    const values = [...ODD_VALUES, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const family = metricFamily({ name: "odd", help: "Odd values.", kind: "gauge" });
    for (const [i, value] of values.entries()) family.dataPoints.push(point({ i: String(i) }, value));
    const points = [...pointsOf(decode(only(encoder, [family])))].map(({ point }) => point.value as number);
    assert.ok(points.every((value, i) => Object.is(value, values[i])));
  });

  test(`${name}: writes the flags that a point has, and none where it has none`, () => {
    const family = metricFamily({ name: "a_total", help: "A.", kind: "counter" });
    family.dataPoints.push({ ...point({ id: "gone" }, 4), flags: NO_RECORDED_VALUE }, point({ id: "here" }, 5));
    const points = [...pointsOf(decode(only(encoder, [family])))].map(({ point }) => [
      point.attributes.id,
      point.flags,
    ]);
    assert.deepEqual(points, [
      ["gone", NO_RECORDED_VALUE],
      ["here", 0],
    ]);
  });

  test(`${name}: no request passes the cap, and together they hold every point once, in order`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const families = randomFamilies(seeded(seed), { families: 12, points: 40 });
      const maxBytes = 4096;
      const requests = [
        ...encoder.requests(SENDER, [families.slice(0, 5), families.slice(5)], { maxBytes, maxGroups: 9 }),
      ];
      const all = requests.flatMap(({ body }) => [...pointsOf(decode(body))]);
      const expected = families.flatMap((family) => family.dataPoints.map(({ attributes }) => ({ ...attributes })));
      assert.ok(requests.every(({ body }) => body.length <= maxBytes));
      assert.ok(requests.length > 1);
      assert.deepEqual(
        all.map(({ point }) => point.attributes),
        expected,
      );
      assert.equal(sum(requests.map(({ pointCount }) => pointCount)), expected.length);
    }
  });

  test(`${name}: fills requests rather than sending crumbs`, () => {
    const family = metricFamily({ name: "many", help: "Many points.", kind: "gauge" });
    for (let i = 0; i < 5000; i++) family.dataPoints.push(point({ id: `container-${i}`, name: "n".repeat(100) }, i));
    const sizes = [...encoder.requests(SENDER, [[family]], { maxBytes: 100_000, maxGroups: 1 })].map(
      ({ body }) => body.length,
    );
    assert.ok(sizes.slice(0, -1).every((size) => size > 70_000));
  });

  test(`${name}: a point that alone passes the cap goes alone`, () => {
    const family = metricFamily({ name: "big", help: "Big labels.", kind: "gauge" });
    family.dataPoints.push(point({ a: "1" }, 1), point({ a: "x".repeat(5000) }, 2), point({ a: "3" }, 3));
    const requests = [...encoder.requests(SENDER, [[family]], { maxBytes: 1024, maxGroups: 1 })];
    assert.deepEqual(
      requests.map(({ pointCount }) => pointCount),
      [1, 1, 1],
    );
  });

  test(`${name}: a request holds as many groups as it may, each as a scope of its own`, () => {
    const groups = ["a", "b", "c", "d", "e"].map((id) => {
      const family = metricFamily({ name: "up", help: "One of each group.", kind: "gauge" });
      family.dataPoints.push(point({ id }, 1));
      return [family];
    });
    const empty = [metricFamily({ name: "empty", help: "No points.", kind: "gauge" })];
    const limits = { maxBytes: 100_000, maxGroups: 2 };
    const requests = [...encoder.requests(SENDER, [...groups.slice(0, 1), empty, ...groups.slice(1)], limits)];
    const ids = requests.map(({ body }) =>
      decode(body).resources.flatMap(({ scopes }) =>
        scopes.map((scope) =>
          scope.metrics.flatMap(({ points }) => points.map(({ attributes }) => attributes.id)).join(),
        ),
      ),
    );
    assert.deepEqual(ids, [["a", "b"], ["c", "d"], ["e"]]);
  });

  test(`${name}: families without points make no request`, () => {
    const empty = metricFamily({ name: "empty", help: "No points.", kind: "gauge" });
    assert.deepEqual([...encoder.requests(SENDER, [[empty], []], { maxBytes: 1024, maxGroups: 1 })], []);
  });
}

function only(encoder: OtlpEncoder, families: MetricFamily[]): Uint8Array {
  const requests = [...encoder.requests(SENDER, [families], { maxBytes: Number.POSITIVE_INFINITY, maxGroups: 1 })];
  assert.equal(requests.length, 1);
  return (requests[0] as { body: Uint8Array }).body;
}

/** The stock JSON serializer writes -0 as 0. */
function withoutMinusZero(value: unknown): unknown {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMinusZero(inner)]));
}

function point(labels: Record<string, string>, value: number) {
  return {
    attributes: labelSet(labels),
    value,
    startTime: [1_700_000_000, 5] as [number, number],
    endTime: [1_800_000_000, 999_999_999] as [number, number],
  };
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
