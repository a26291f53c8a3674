import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { decodeExportRequest } from "../../src/demo/receiver/decode.ts";
import { decodeJsonExportRequest } from "../../src/demo/receiver/decode-json.ts";
import type { ExportRequest } from "../../src/demo/receiver/export-request.ts";
import { labelSet } from "../../src/families/label-set.ts";
import {
  HISTOGRAM,
  type HistogramFamily,
  type HistogramValue,
  histogramFamily,
  type MetricFamily,
  metricFamily,
  NO_RECORDED_VALUE,
  type SummaryFamily,
  summaryFamily,
} from "../../src/families/metric-family.ts";
import { jsonEncoder } from "../../src/families/otlp-json.ts";
import { protobufEncoder } from "../../src/families/otlp-protobuf.ts";
import type { OtlpEncoder } from "../../src/families/otlp-request.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { ODD_VALUES, SENDER } from "./random-families.ts";

const decodeJson = (bytes: Uint8Array) => decodeJsonExportRequest(Buffer.from(bytes).toString("utf8"));

const ENCODINGS = [
  { name: "protobuf", encoder: protobufEncoder, stock: ProtobufMetricsSerializer, decode: decodeExportRequest },
  { name: "JSON", encoder: jsonEncoder, stock: JsonMetricsSerializer, decode: decodeJson },
];
const TIMES = { startTime: [1_700_000_000, 5] as [number, number], endTime: [1_800_000_000, 7] as [number, number] };

for (const { name, encoder, stock, decode } of ENCODINGS) {
  test(`${name}: says of a histogram what the stock serializer says`, () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seeded(seed);
      const family = histogramFamily({ name: "seconds", help: "How long." });
      for (let i = 0; i < 5; i++) {
        family.dataPoints.push({
          attributes: labelSet({ i: String(i), größe: "日本" }),
          value: randomHistogram(random),
          ...TIMES,
        });
      }
      const resource = resourceFromAttributes(SENDER.resource);
      const request = { resource, scopeMetrics: [{ scope: SENDER.scope, metrics: [family] }] };
      const expected = decode(stock.serializeRequest(request as never) as Uint8Array);
      assert.deepEqual(emptyAbsent(decode(only(encoder, [family]))), emptyAbsent(expected), `${seed}`);
      assert.equal(family.dataPointType, HISTOGRAM);
    }
  });

  test(`${name}: a summary arrives with its count, its sum and its quantiles`, () => {
    const { points, kind, temporality } = metricOf(decode(only(encoder, [summary({ count: 5, sum: 2.5 })])));
    assert.deepEqual([kind, temporality], ["summary", 0]);
    const [point] = points;
    assert.deepEqual(point?.attributes, { job: "x" });
    assert.deepEqual(point?.distribution, {
      count: 5n,
      sum: 2.5,
      quantiles: [
        { quantile: 0.5, value: 0.25 },
        { quantile: 0.99, value: 1e-5 },
      ],
    });
    assert.deepEqual(
      [point?.startTimeUnixNano, point?.timeUnixNano],
      [1_700_000_000_000_000_005n, 1_800_000_000_000_000_007n],
    );
  });

  test(`${name}: a summary without a sum says 0, as the message has no way to leave it out`, () => {
    const { points } = metricOf(decode(only(encoder, [summary({ count: 5 })])));
    assert.equal(points[0]?.distribution?.sum, 0);
  });

  test(`${name}: histograms and summaries end by the same flag as numbers do`, () => {
    const families = [histogram({ boundaries: [1], counts: [1, 0] }), summary({ count: 1 })];
    for (const family of families) {
      const ended = {
        ...family,
        dataPoints: family.dataPoints.map((point) => ({ ...point, flags: NO_RECORDED_VALUE })),
      };
      assert.equal(metricOf(decode(only(encoder, [ended as MetricFamily]))).points[0]?.flags, NO_RECORDED_VALUE);
    }
  });

  test(`${name}: requests of histograms keep to the cap`, () => {
    const family = histogramFamily({ name: "seconds", help: "How long." });
    const random = seeded(7);
    for (let i = 0; i < 300; i++) {
      family.dataPoints.push({ attributes: labelSet({ i: String(i) }), value: randomHistogram(random), ...TIMES });
    }
    const requests = [...encoder.requests(SENDER, [[family]], { maxBytes: 4096, maxGroups: 1 })];
    assert.ok(requests.length > 1 && requests.every(({ body }) => body.length <= 4096));
    const ids = requests.flatMap(({ body }) => metricOf(decode(body)).points.map(({ attributes }) => attributes.i));
    assert.deepEqual(
      ids,
      family.dataPoints.map(({ attributes }) => attributes.i),
    );
  });
}

test("a histogram's buckets each count those below them, and le is spelled as Prometheus' clients spell it", () => {
  const family = histogram({ boundaries: [0.00001, 0.25, 1, 1_000_000], counts: [1, 2, 0, 4, 1] });
  assert.equal(
    prometheusText([[family]]),
    [
      "# HELP seconds How long.",
      "# TYPE seconds histogram",
      'seconds_bucket{job="x",le="1e-05"} 1',
      'seconds_bucket{job="x",le="0.25"} 3',
      'seconds_bucket{job="x",le="1"} 3',
      'seconds_bucket{job="x",le="1e+06"} 7',
      'seconds_bucket{job="x",le="+Inf"} 8',
      'seconds_sum{job="x"} 2.5',
      'seconds_count{job="x"} 8',
      "",
    ].join("\n"),
  );
  assert.match(prometheusText([[family]], "openmetrics"), /le="1\.0"} 3\n/);
});

test("a summary's quantiles stand before its sum and count, and a sum that is not known is left out", () => {
  assert.equal(
    prometheusText([[summary({ count: 5 })]]),
    [
      "# HELP latency How slow.",
      "# TYPE latency summary",
      'latency{job="x",quantile="0.5"} 0.25',
      'latency{job="x",quantile="0.99"} 0.00001',
      'latency_count{job="x"} 5',
      "",
    ].join("\n"),
  );
});

test("OpenMetrics has the sum and the count of a histogram, or neither", () => {
  const family = histogramFamily({ name: "seconds", help: "" });
  const value = { buckets: { boundaries: [], counts: [5] }, count: 5 };
  family.dataPoints.push({ attributes: labelSet({}), value, ...TIMES });
  assert.equal(
    prometheusText([[family]], "openmetrics"),
    '# TYPE seconds histogram\nseconds_bucket{le="+Inf"} 5\n# EOF\n',
  );
  assert.match(prometheusText([[family]]), /seconds_count 5\n/);
});

test("a gauge of creation times beside a histogram is in OpenMetrics a part of it, point by point", () => {
  const distribution = histogram({ boundaries: [], counts: [1] });
  const created = metricFamily({ name: "seconds_created", help: "", kind: "gauge" });
  created.dataPoints.push({ attributes: labelSet({ job: "x" }), value: 1.5e9, ...TIMES });
  const open = prometheusText([[created], [distribution]], "openmetrics");
  assert.equal(
    open,
    [
      "# HELP seconds How long.",
      "# TYPE seconds histogram",
      'seconds_bucket{job="x",le="+Inf"} 1',
      'seconds_sum{job="x"} 2.5',
      'seconds_count{job="x"} 1',
      'seconds_created{job="x"} 1500000000',
      "# EOF",
      "",
    ].join("\n"),
  );
  assert.match(prometheusText([[created], [distribution]]), /# TYPE seconds_created gauge\n/);
});

function histogram(buckets: { boundaries: number[]; counts: number[] }): HistogramFamily {
  const family = histogramFamily({ name: "seconds", help: "How long." });
  let count = 0;
  for (const own of buckets.counts) count += own;
  family.dataPoints.push({ attributes: labelSet({ job: "x" }), value: { buckets, count, sum: 2.5 }, ...TIMES });
  return family;
}

function summary(value: { count: number; sum?: number }): SummaryFamily {
  const family = summaryFamily({ name: "latency", help: "How slow." });
  const quantiles = [
    { quantile: 0.5, value: 0.25 },
    { quantile: 0.99, value: 1e-5 },
  ];
  family.dataPoints.push({ attributes: labelSet({ job: "x" }), value: { ...value, quantiles }, ...TIMES });
  return family;
}

function randomHistogram(random: () => number): HistogramValue {
  const boundaries = Array.from({ length: Math.floor(random() * 12) }, () => random() * 1e3 - 10).sort((a, b) => a - b);
  const counts = Array.from({ length: boundaries.length + 1 }, () => Math.floor(random() * 2 ** (random() * 50)));
  let count = 0;
  for (const own of counts) count += own;
  return {
    buckets: { boundaries, counts },
    count,
    ...(random() < 0.8 && {
      sum: oneOf(
        ODD_VALUES.filter((value) => !Object.is(value, -0)),
        random,
      ),
    }),
    ...(random() < 0.3 && { min: -1.5, max: 1e300 }),
  };
}

function only(encoder: OtlpEncoder, families: MetricFamily[]): Uint8Array {
  const requests = [...encoder.requests(SENDER, [families], { maxBytes: Number.POSITIVE_INFINITY, maxGroups: 1 })];
  assert.equal(requests.length, 1);
  return (requests[0] as { body: Uint8Array }).body;
}

function metricOf(request: ExportRequest) {
  const metric = request.resources[0]?.scopes[0]?.metrics[0];
  assert.ok(metric);
  return metric;
}

/** An empty list is written by one and left out by the other. */
function emptyAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptyAbsent);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, emptyAbsent(inner)]));
}
