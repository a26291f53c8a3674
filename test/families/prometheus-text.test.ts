import assert from "node:assert/strict";
import { test } from "node:test";
import { METRIC_NAMES } from "../../src/catalogue/rows.ts";
import { extendLabelSet, labelSet, NO_LABELS } from "../../src/families/label-set.ts";
import {
  histogramFamily,
  hrTimeFromMs,
  type MetricFamily,
  metricFamily,
  NO_RECORDED_VALUE,
  untypedFamily,
} from "../../src/families/metric-family.ts";
import { prometheusPieces, prometheusText } from "../../src/families/prometheus-text.ts";

const at = hrTimeFromMs(1_795_235_908_787);

function family(
  kind: "counter" | "gauge",
  name: string,
  ...points: [Record<string, string>, number, number?][]
): MetricFamily {
  const made = metricFamily({ name, help: "Line one.\nBack\\slash.", kind });
  for (const [labels, value, flags] of points) {
    made.dataPoints.push({
      attributes: labelSet(labels),
      value,
      startTime: at,
      endTime: at,
      ...(flags !== undefined && { flags }),
    });
  }
  return made;
}

test("points of one name stand together under one HELP and TYPE, whichever group they came in", () => {
  const text = prometheusText([
    [family("counter", "a_total", [{ id: "1" }, 1]), family("gauge", "b", [{ id: "1" }, 2.5])],
    [family("counter", "a_total", [{ id: "2" }, 3])],
  ]);
  assert.equal(
    text,
    [
      "# HELP a_total Line one.\\nBack\\\\slash.",
      "# TYPE a_total counter",
      'a_total{id="1"} 1',
      'a_total{id="2"} 3',
      "# HELP b Line one.\\nBack\\\\slash.",
      "# TYPE b gauge",
      'b{id="1"} 2.5',
      "",
    ].join("\n"),
  );
});

test("label values are escaped, and special values are spelled as Prometheus spells them", () => {
  const text = prometheusText([
    [family("gauge", "g", [{ v: 'a"b\\c\nd' }, Number.POSITIVE_INFINITY], [{}, Number.NaN], [{ v: "x" }, 1.8e19])],
  ]);
  assert.deepEqual(text.split("\n").slice(2, 5), [
    'g{v="a\\"b\\\\c\\nd"} +Inf',
    "g NaN",
    'g{v="x"} 18000000000000000000',
  ]);
});

test("an ended series is left out", () => {
  assert.doesNotMatch(prometheusText([[family("gauge", "g", [{ id: "gone" }, 0, NO_RECORDED_VALUE])]]), /gone/);
});

test("no families, no text", () => {
  assert.equal(prometheusText([]), "");
});

test("an extended label set is the same object each time, and empty values are absent", () => {
  const base = labelSet({ id: "/docker/1", empty: "" });
  assert.deepEqual(base, { id: "/docker/1" });
  assert.equal(extendLabelSet(base, "cpu", "total"), extendLabelSet(base, "cpu", "total"));
  assert.notEqual(extendLabelSet(base, "cpu", "total"), extendLabelSet(base, "cpu", "cpu00"));
  assert.deepEqual(extendLabelSet(base, "cpu", "total", "x", ""), { id: "/docker/1", cpu: "total" });
});

test("labels that extend others are written behind them, whatever both are", () => {
  const base = labelSet({ id: "/docker/1" });
  const sets = [
    extendLabelSet(base, "cpu", "total"),
    extendLabelSet(extendLabelSet(base, "device", 'a"b'), "major", "8"),
    extendLabelSet(base, "id", "replaced", "x", ""),
    extendLabelSet(NO_LABELS, "outlet", "otlp"),
    extendLabelSet(base, "empty", ""),
    NO_LABELS,
  ];
  const made = metricFamily({ name: "g", help: "", kind: "gauge" });
  for (const attributes of sets) made.dataPoints.push({ attributes, value: 1, startTime: at, endTime: at });
  assert.deepEqual(prometheusText([[made]]).split("\n"), [
    "# TYPE g gauge",
    'g{id="/docker/1",cpu="total"} 1',
    'g{id="/docker/1",device="a\\"b",major="8"} 1',
    'g{id="replaced"} 1',
    'g{outlet="otlp"} 1',
    'g{id="/docker/1"} 1',
    "g 1",
    "",
  ]);
});

test("OpenMetrics names a counter's family without _total, and calls a counter of another name unknown", () => {
  const text = prometheusText(
    [
      [
        family("counter", "a_total", [{ id: "1" }, 1]),
        family("counter", "container_memory_failcnt", [{}, 2]),
        family("gauge", "c", [{}, 3]),
      ],
    ],
    "openmetrics",
  );
  const heads = (name: string) => [`# HELP ${name} Line one.\\nBack\\\\slash.`, `# TYPE ${name} `];
  const [help, type] = heads("a");
  assert.deepEqual(text.split("\n"), [
    help,
    `${type}counter`,
    'a_total{id="1"} 1',
    heads("container_memory_failcnt")[0],
    "# TYPE container_memory_failcnt unknown",
    "container_memory_failcnt 2",
    heads("c")[0],
    "# TYPE c gauge",
    "c 3",
    "# EOF",
    "",
  ]);
});

test("in OpenMetrics a counter keeps its whole name where another family has the short one, or that of its creation time", () => {
  const groups = [[family("counter", "a_total", [{}, 1])], [family("gauge", "a", [{}, 1])]];
  assert.match(prometheusText(groups, "openmetrics"), /# TYPE a_total unknown\n/);
  const created = [[family("counter", "a_total", [{}, 1]), family("gauge", "a_created", [{}, 1])]];
  assert.match(prometheusText(created, "openmetrics"), /# TYPE a_total unknown\n[^#]*# HELP a_created/);
});

test("no metric of ours takes the short name of a counter", () => {
  const names = new Set<string>(METRIC_NAMES);
  assert.deepEqual(
    METRIC_NAMES.filter((name) => name.endsWith("_total") && names.has(name.replace(/_total$/, ""))),
    [],
  );
});

test("OpenMetrics without families is its end", () => {
  assert.equal(prometheusText([], "openmetrics"), "# EOF\n");
});

test("OpenMetrics tells a unit that the name ends with, and escapes quotes in HELP", () => {
  const bytes = family("gauge", "size_bytes", [{}, 1]);
  const described = { ...bytes, descriptor: { ...bytes.descriptor, unit: "bytes", description: 'A "size".' } };
  const other = { ...described, descriptor: { ...described.descriptor, name: "size" } };
  const text = prometheusText([[described, other]], "openmetrics");
  assert.ok(text.startsWith('# HELP size_bytes A \\"size\\".\n# TYPE size_bytes gauge\n# UNIT size_bytes bytes\n'));
  assert.equal(text.match(/# UNIT/g)?.length, 1);
});

test("a family of no known type is untyped, which OpenMetrics calls unknown", () => {
  const made = untypedFamily({ name: "u", help: "U." });
  made.dataPoints.push({ attributes: NO_LABELS, value: 1, startTime: at, endTime: at });
  assert.match(prometheusText([[made]]), /# TYPE u untyped\n/);
  assert.match(prometheusText([[made]], "openmetrics"), /# TYPE u unknown\n/);
});

test("a name has one type: families that give it another are left out", () => {
  const distribution = histogramFamily({ name: "a_total", help: "A." });
  const value = { buckets: { boundaries: [], counts: [1] }, count: 1 };
  distribution.dataPoints.push({ attributes: NO_LABELS, value, startTime: at, endTime: at });
  const text = prometheusText([[family("counter", "a_total", [{}, 1])], [distribution, family("gauge", "b", [{}, 2])]]);
  assert.deepEqual(text.match(/^# TYPE.*$/gm), ["# TYPE a_total counter", "# TYPE b gauge"]);
  assert.doesNotMatch(text, /bucket/);
});

test("names that only Prometheus 3 knows are spelled with underscores", () => {
  const made = family("gauge", "container.cpu.usage", [{ "host.name": "é", "1st": "x" }, 1]);
  assert.match(prometheusText([[made]]), /\ncontainer_cpu_usage\{host_name="é",_st="x"} 1\n/);
});

test("the text comes in pieces, of which none is a whole page", () => {
  const points = Array.from({ length: 5000 }, (_, i): [Record<string, string>, number] => [
    { id: `${i}`.padStart(64) },
    i,
  ]);
  const pieces = [...prometheusPieces([[family("gauge", "g", ...points)]], "text")];
  assert.ok(pieces.length > 3);
  assert.ok(pieces.every(({ length }) => length < 70_000));
  assert.equal(pieces.join("").match(/^g\{/gm)?.length, 5000);
});
