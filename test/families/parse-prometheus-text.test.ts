import assert from "node:assert/strict";
import { test } from "node:test";
import { labelSet } from "../../src/families/label-set.ts";
import {
  histogramFamily,
  type MetricFamily,
  metricFamily,
  type Point,
  summaryFamily,
  untypedFamily,
} from "../../src/families/metric-family.ts";
import { parsePrometheusText } from "../../src/families/parse-prometheus-text.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";
import { oneOf, seeded } from "../support/seeded.ts";

const TIMES = { startTime: [1, 0] as [number, number], endTime: [2, 0] as [number, number] };

/** What prometheus_client 0.20 (Python) writes to a text file, and the format's own example. */
const TEXT = `# HELP queue_size Jobs that wait.
# TYPE queue_size gauge
queue_size{queue="a",node="x"} 3.0
queue_size{queue="b\\\\c\\nd\\"e",node="größe"} NaN
# HELP jobs_total Done, with \\\\ and\\na line.
# TYPE jobs_total counter
jobs_total 1.5e+06
# TYPE jobs_created gauge
jobs_created 1.7952359087878e+09
# A comment, and an empty line.

  # TYPE   http_request_duration_seconds   histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="0.1"} 33444
http_request_duration_seconds_bucket{le="+Inf"} 144320 1395066363000
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320 # {trace_id="abc"} 0.67 1395066363.5
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01",} 3102
rpc_duration_seconds { quantile = "0.5" } 4773
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
something_weird{problem="division by zero"} +Inf -3982045
other -inf
`;

test("reads what programs write: every type, escapes, special numbers, blanks, comments", () => {
  const [queue, jobs, created, http, rpc, weird, other, ...more] = familiesOf(TEXT);
  assert.deepEqual(more, []);
  assert.deepEqual(shortly(queue), [
    ["queue_size", "Jobs that wait."],
    [{ queue: "a", node: "x" }, 3],
    [{ queue: 'b\\c\nd"e', node: "größe" }, Number.NaN],
  ]);
  assert.deepEqual(shortly(jobs), [
    ["jobs_total", "Done, with \\ and\na line."],
    [{}, 1.5e6],
  ]);
  assert.deepEqual(shortly(created)[1], [{}, 1.7952359087878e9]);
  assert.deepEqual(shortly(http)[1], [
    {},
    { buckets: { boundaries: [0.05, 0.1], counts: [24_054, 9_390, 110_876] }, count: 144_320, sum: 53_423 },
  ]);
  assert.deepEqual(shortly(rpc)[1], [
    {},
    {
      count: 2693,
      sum: 1.7560473e7,
      quantiles: [
        { quantile: 0.01, value: 3102 },
        { quantile: 0.5, value: 4773 },
      ],
    },
  ]);
  assert.deepEqual(shortly(weird)[1], [{ problem: "division by zero" }, Number.POSITIVE_INFINITY]);
  assert.deepEqual(shortly(other)[1], [{}, Number.NEGATIVE_INFINITY]);
  assert.match(prometheusText([familiesOf(TEXT)]), /# TYPE something_weird untyped\n/);
});

test("every point has the times that the reader was given, and none of the text's", () => {
  const points = familiesOf(TEXT).flatMap(({ dataPoints }): Point[] => dataPoints);
  assert.ok(points.every(({ startTime, endTime }) => startTime === TIMES.startTime && endTime === TIMES.endTime));
});

const FAULTS: readonly (readonly [what: string, text: string, line: number, complaint: RegExp])[] = [
  ["half a line", "a 1\nb 2", 2, /no end/],
  ["no value", "a\n", 1, /a has no value/],
  ["labels and no value", 'a{b="c"} \n', 1, /a has no value/],
  ["a value that is no number", "ok 1\na twelve\n", 2, /"twelve"/],
  ["a number of another language", "a 0x10\n", 1, /"0x10"/],
  ["a number beyond all doubles", "a 1e999\n", 1, /"1e999"/],
  ["a name that is none", "9lives 1\n", 1, /a metric's name, got "9lives 1"/],
  ["a print that came between", "Traceback (most recent call last):\n", 1, /value "\(most"/],
  ["labels without an end", 'a{b="c" 1\n', 1, /expected "," or "}"/],
  ["a label without quotes", "a{b=c} 1\n", 1, /expected name="value"/],
  ["a label without an equals sign", 'a{b"c"} 1\n', 1, /expected name="value"/],
  ["a label without a name", 'a{="c"} 1\n', 1, /expected name="value"/],
  ["a name in quotes, as only Prometheus 3 knows", '{"a.b"} 1\n', 1, /metric's name/],
  ["a label that is the name", 'a{__name__="b"} 1\n', 1, /expected name="value"/],
  ["a label value that is not closed", 'a{b="c} 1\n', 1, /closing quote/],
  ["an escape that there is not", 'a{b="\\t"} 1\n', 1, /escape "\\\\t"/],
  ["an escape that there is not in HELP", "# HELP a \\x\n", 1, /HELP has the escape/],
  ["a label twice", 'a{b="c",b="d"} 1\n', 1, /label b twice/],
  ["a time that is none", "a 1 soon\n", 1, /"soon"/],
  ["something behind the time", "a 1 2 3\n", 1, /"3" behind its time/],
  ["an exemplar that is none", "a 1 # x\n", 1, /exemplar/],
  ["a carriage return", "a 1\r\n", 1, /./],
  ["two samples of the same labels", 'a{b="c",d="e"} 1\na{d="e",b="c",f=""} 2\n', 2, /two samples/],
  ["a second HELP", "# HELP a A.\n# HELP a B.\n", 2, /second HELP/],
  ["a second TYPE", "# TYPE a gauge\n# TYPE a gauge\n", 2, /second TYPE/],
  ["a TYPE behind samples", "a 1\n# TYPE a gauge\n", 2, /TYPE behind/],
  ["a TYPE that there is not", "# TYPE a gage\n", 1, /"gage"; expected counter, gauge/],
  ["a TYPE of nothing", "# TYPE\n", 1, /no metric's name/],
  ["a histogram's sample without a suffix", "# TYPE h histogram\nh 1\n", 2, /is a histogram/],
  ["a bucket without le", "# TYPE h histogram\nh_bucket 1\n", 2, /"" as its le/],
  ["a bucket of minus infinity", '# TYPE h histogram\nh_bucket{le="-Inf"} 1\n', 2, /"-Inf" as its le/],
  ["a bucket twice", '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n', 3, /le 1\.0/],
  [
    "a histogram that counts fewer above",
    '# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="2"} 4\nh_count 9\n',
    2,
    /fewer/,
  ],
  ["a histogram without a count", '# TYPE h histogram\n\nh_bucket{le="1"} 5\nh_sum 1\n', 3, /neither a count/],
  ["a histogram of two counts", '# TYPE h histogram\nh_bucket{le="+Inf"} 5\nh_count 6\n', 2, /counts 6, and 5/],
  ["half a count", "# TYPE h histogram\nh_count 1.5\n", 2, /1\.5; expected a whole number/],
  ["a count twice", "# TYPE h histogram\nh_count 1\nh_count 1\n", 3, /two samples/],
  ["a summary without a count", '# TYPE s summary\ns{quantile="0.5"} 1\n', 2, /no s_count/],
  ["a summary's sample without a quantile", "# TYPE s summary\ns 1\n", 2, /"" as its quantile/],
  ["a line that does not end soon", `a{b="${"x".repeat(70_000)}"} 1\n`, 1, /longer than/],
  ["labels without number", `a{${Array.from({ length: 200 }, (_, i) => `l${i}="x"`).join(",")}} 1\n`, 1, /128 labels/],
];

for (const [what, text, line, complaint] of FAULTS) {
  test(`${what}: refused, with its line`, () => {
    const parsed = parsePrometheusText(text, TIMES);
    assert.ok(!parsed.ok);
    assert.equal(parsed.line, line);
    assert.match(parsed.complaint, complaint);
    assert.ok(parsed.complaint.length < 300);
  });
}

test("no more samples than wanted", () => {
  const parsed = parsePrometheusText("a 1\n# x\n\nb 2\nc 3\n", { ...TIMES, maxSamples: 2 });
  assert.deepEqual(parsed, { ok: false, line: 5, complaint: "there are more than 2 samples" });
});

test("nothing is nothing, and a family without samples is none", () => {
  assert.deepEqual(familiesOf(""), []);
  assert.deepEqual(familiesOf("# HELP a A.\n# TYPE a gauge\n"), []);
});

test("a histogram is complete with its bucket of le +Inf, a counter may end in _count, and a name is no code", () => {
  const [h, count, code] = familiesOf(
    '# TYPE h histogram\nh_bucket{le="+Inf"} 5\n# TYPE x_count counter\nx_count 1\n# TYPE __proto__ gauge\n__proto__{__proto__="x",constructor="y"} 1\n',
  );
  assert.deepEqual(shortly(h)[1], [{}, { buckets: { boundaries: [], counts: [5] }, count: 5 }]);
  assert.deepEqual(shortly(count)[1], [{}, 1]);
  assert.deepEqual(Object.entries(code?.dataPoints[0]?.attributes ?? {}), [
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});

test("what was written is read as it was", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const families = randomFamilies(seeded(seed));
    assert.deepEqual(familiesOf(prometheusText([families])), families, `${seed}`);
  }
});

test("garbage is refused or read, and what is read is written and read again as the same", () => {
  let refused = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const random = seeded(seed);
    const text = mutated(random() < 0.5 ? TEXT : prometheusText([randomFamilies(random)]), random);
    const parsed = parsePrometheusText(text, TIMES);
    if (!parsed.ok) {
      refused++;
      assert.ok(parsed.line >= 1 && parsed.line <= text.split("\n").length, `${seed}`);
      continue;
    }
    const written = prometheusText([parsed.families]);
    assert.equal(prometheusText([familiesOf(written)]), written, `${seed}`);
  }
  assert.ok(refused > 500 && refused < 2900, `${refused}`);
});

function familiesOf(text: string): MetricFamily[] {
  const parsed = parsePrometheusText(text, TIMES);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.families;
}

/** Name and help, then the labels and the value of each point. */
function shortly(family: MetricFamily | undefined): unknown[] {
  assert.ok(family);
  const { descriptor, dataPoints } = family;
  return [
    [descriptor.name, descriptor.description],
    ...dataPoints.map(({ attributes, value }) => [{ ...attributes }, value]),
  ];
}

const TEXTS = ["a", "eth0", "Größe", '\\n"\\\\"\n', "🐳 }", "#,= {", "x".repeat(200)];
const VALUES = [
  0,
  1,
  -1.5,
  0.1,
  2 ** 53,
  1e21,
  1e-310,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

function randomFamilies(random: () => number): MetricFamily[] {
  const whole = () => Math.floor(random() * 10 ** Math.floor(random() * 10));
  const points = <Value extends Point["value"]>(value: () => Value): Point<Value>[] =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) => ({
      attributes: labelSet({ i: `${i}`, ...(random() < 0.5 && { text: oneOf(TEXTS, random) }) }),
      value: value(),
      ...TIMES,
    }));
  const sum = () => (random() < 0.8 ? { sum: oneOf(VALUES, random) } : {});
  return Array.from({ length: 1 + Math.floor(random() * 5) }, (_, f): MetricFamily => {
    const head = {
      name: `family_${f}${oneOf(["", "_total", "_count", "_sum"], random)}`,
      help: oneOf(["", ...TEXTS], random),
    };
    const kind = Math.floor(random() * 5);
    if (kind === 3)
      return { ...histogramFamily(head), dataPoints: points(() => ({ ...randomBuckets(random, whole), ...sum() })) };
    if (kind === 4) {
      const quantiles = [0.5, 0.9, 0.99].map((quantile) => ({ quantile, value: oneOf(VALUES, random) }));
      return { ...summaryFamily(head), dataPoints: points(() => ({ count: whole(), quantiles, ...sum() })) };
    }
    const family = kind === 2 ? untypedFamily(head) : metricFamily({ ...head, kind: kind === 0 ? "counter" : "gauge" });
    return { ...family, dataPoints: points(() => oneOf(VALUES, random)) };
  });
}

function randomBuckets(random: () => number, whole: () => number) {
  const boundaries = [0.00001, 0.25, 1, 10, 1_000_000].filter(() => random() < 0.6);
  const counts = [...boundaries, 0].map(whole);
  let count = 0;
  for (const own of counts) count += own;
  return { buckets: { boundaries, counts }, count };
}

/** Some characters cut out, doubled or replaced. */
function mutated(text: string, random: () => number): string {
  let result = text;
  for (let i = 0; i < 1 + random() * 3; i++) {
    const at = Math.floor(random() * result.length);
    const length = Math.floor(random() * 4);
    const put = oneOf(["", "", "\n", '"', "\\", "{", "}", " ", "#", "=", ",", "1", "le", "_count", "\u0000"], random);
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}
