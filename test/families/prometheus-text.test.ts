import assert from "node:assert/strict";
import { test } from "node:test";
import { extendLabelSet, labelSet } from "../../src/families/label-set.ts";
import { hrTimeFromMs, type MetricFamily, metricFamily, NO_RECORDED_VALUE } from "../../src/families/metric-family.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";

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
