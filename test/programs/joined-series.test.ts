import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MetricFamily } from "../../src/families/metric-family.ts";
import { parsePrometheusText } from "../../src/families/parse-prometheus-text.ts";
import { atTime, createJoinedSeries } from "../../src/programs/joined-series.ts";
import { nameConflict } from "../../src/programs/name-conflict.ts";

describe("the series of a program among others", () => {
  test("carry its name, and a label of that name of their own under another", () => {
    const [family] = createJoinedSeries("dummy").take(families('up{a="1"} 1\nup{exporter="own"} 1\n'), 1000);
    assert.deepEqual(
      family?.dataPoints.map(({ attributes }) => attributes),
      [
        { a: "1", exporter: "dummy" },
        { exported_exporter: "own", exporter: "dummy" },
      ],
    );
  });

  test("are the same label set objects from run to run", () => {
    const series = createJoinedSeries("dummy");
    const labels = () => series.take(families('up{a="1"} 1\n'), 1000)[0]?.dataPoints[0]?.attributes;
    assert.equal(labels(), labels());
  });

  test("begin with their first point, and anew after the one before where they fell", () => {
    const series = createJoinedSeries("dummy");
    const startOf = (text: string, atMs: number) => series.take(families(text), atMs)[0]?.dataPoints[0]?.startTime[0];
    const starts = [5, 6, 6, 2, 3].map((value, i) =>
      startOf(`# TYPE x_total counter\nx_total ${value}\n`, (i + 1) * 1000),
    );
    assert.deepEqual(starts, [1, 1, 1, 3, 3]);
  });

  test("begin anew when they come back", () => {
    const series = createJoinedSeries("dummy");
    const startsOf = (text: string, atMs: number) =>
      series
        .take(families(text), atMs)
        .map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.startTime[0]]);
    startsOf("a 1\nb 1\n", 1000);
    startsOf("a 1\n", 2000);
    assert.deepEqual(startsOf("a 1\nb 1\n", 3000), [
      ["a", 1],
      ["b", 3],
    ]);
  });

  test("fall as histograms and summaries by their counts", () => {
    const text = (count: number) =>
      `# TYPE h histogram\nh_bucket{le="+Inf"} ${count}\nh_sum 1\nh_count ${count}\n# TYPE s summary\ns_sum 1\ns_count ${count}\n`;
    const series = createJoinedSeries("dummy");
    const starts = [4, 5, 1].map((count, i) =>
      series.take(families(text(count)), (i + 1) * 1000).map(({ dataPoints }) => dataPoints[0]?.startTime[0]),
    );
    assert.deepEqual(starts, [
      [1, 1],
      [1, 1],
      [2, 2],
    ]);
  });

  test("take the time of the push that they travel in, even one just before their run's", () => {
    const joined = createJoinedSeries("dummy").take(families("up 1\n"), 2000);
    for (const seconds of [1, 2, 3]) {
      const [point] = atTime(joined, seconds * 1000)[0]?.dataPoints ?? [];
      assert.deepEqual(
        [point?.startTime, point?.endTime],
        [
          [Math.min(seconds, 2), 0],
          [seconds, 0],
        ],
      );
    }
  });
});

describe("names of a program that stand in the way", () => {
  const isReserved = (name: string) => name.startsWith("container_");

  test("are the agent's own", () => {
    assert.equal(
      nameConflict(families("up 1\ncontainer_x 1\n"), { isReserved, others: [] }),
      "wrote container_x, which is a name of Tallyman's own metrics",
    );
  });

  test("are another program's of another type", () => {
    const others = [{ exporter: "other", families: families("# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n") }];
    assert.equal(
      nameConflict(families("# TYPE a counter\na 2\n# TYPE b gauge\nb 1\n"), { isReserved, others }),
      undefined,
    );
    for (const type of ["gauge", "untyped"]) {
      assert.equal(
        nameConflict(families(`# TYPE a ${type}\na 2\n`), { isReserved, others }),
        "wrote a as another type than the program other does",
      );
    }
  });
});

function families(text: string): MetricFamily[] {
  const parsed = parsePrometheusText(text, { startTime: [0, 0], endTime: [0, 0] });
  assert.ok(parsed.ok);
  return parsed.families;
}
