import assert from "node:assert/strict";
import { test } from "node:test";
import { endedPoint, labelsKey, type Series, seriesChange } from "../../src/families/ended-series.ts";
import { extendLabelSet, type LabelSet, labelSet } from "../../src/families/label-set.ts";
import { type MetricFamily, metricFamily, NO_RECORDED_VALUE, type Point } from "../../src/families/metric-family.ts";
import { seeded } from "../support/seeded.ts";

const A = labelSet({ id: "a", name: "alpha" });
const B = labelSet({ id: "b", name: "beta" });
const C = labelSet({ id: "c", name: "gamma" });

test("nothing ends while the label sets stay", () => {
  assert.deepEqual(change([[family("cpu", A, B), family("mem", A, B)]], [[family("cpu", A, B), family("mem", A, B)]]), {
    ended: [],
    started: [],
  });
});

test("a container that is gone ends its series in every family", () => {
  const previous = [[family("cpu", A, B, C), family("mem", A, B, C)]];
  assert.deepEqual(change(previous, [[family("cpu", A, C), family("mem", A, C)]]), {
    ended: ["cpu b", "mem b"],
    started: [],
  });
});

test("containers that move to another group or family position keep their series", () => {
  const previous = [[family("cpu", A, B), family("mem", A, B)], [family("cpu", C)]];
  const current = [[family("mem", B, C), family("cpu", B)], [family("cpu", C)]];
  assert.deepEqual(change(previous, current), { ended: ["cpu a", "mem a"], started: ["mem c"] });
});

test("a label set that was made anew with equal labels, in any order, is the same series", () => {
  const again = labelSet({ name: "alpha", id: "a" });
  assert.deepEqual(change([[family("cpu", A, B)]], [[family("cpu", again)]]), { ended: ["cpu b"], started: [] });
});

test("a changed label ends one series and starts another", () => {
  const renamed = labelSet({ id: "a", name: "other" });
  assert.deepEqual(seriesChange([[family("cpu", A)]], [[family("cpu", renamed)]]).ended[0]?.point.attributes, A);
  assert.deepEqual(change([[family("cpu", A)]], [[family("cpu", renamed)]]), { ended: ["cpu a"], started: ["cpu a"] });
});

test("a family that is gone ends its series, and one that is new starts some", () => {
  assert.deepEqual(change([[family("cpu", A)]], [[family("mem", A)]]), { ended: ["cpu a"], started: ["mem a"] });
});

test("everything ends when there is nothing any more, and starts where there was nothing", () => {
  assert.deepEqual(change([[family("cpu", A)], [family("cpu", B)]], []), { ended: ["cpu a", "cpu b"], started: [] });
  assert.deepEqual(change([], [[family("cpu", A)]]), { ended: [], started: ["cpu a"] });
});

test("any two sweeps: what the plain difference of their series says", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed);
    const [previous, current] = [randomSweep(random), randomSweep(random)];
    const [earlier, later] = [seriesOf(previous), seriesOf(current)];
    const { ended, started } = seriesChange(previous, current);
    assert.deepEqual(new Set(ended.map(keyOf)), without(earlier, later), `ended, seed ${seed}`);
    assert.deepEqual(new Set(started.map(keyOf)), without(later, earlier), `started, seed ${seed}`);
  }
});

test("the point that ends a series has its labels and start, the export's time, and the flag", () => {
  const last: Point = { attributes: A, value: 7, startTime: [1, 2], endTime: [100, 999_500_000] };
  assert.deepEqual(endedPoint(last, [116, 0]), { ...last, endTime: [116, 0], flags: NO_RECORDED_VALUE });
});

function family(name: string, ...labels: LabelSet[]): MetricFamily {
  const made = metricFamily({ name, help: `${name}.`, kind: "gauge" });
  for (const attributes of labels) made.dataPoints.push({ attributes, value: 1, startTime: [1, 0], endTime: [2, 0] });
  return made;
}

function change(previous: MetricFamily[][], current: MetricFamily[][]) {
  const { ended, started } = seriesChange(previous, current);
  const named = ({ family, point }: Series) => `${family.descriptor.name} ${point.attributes.id}`;
  return { ended: ended.map(named), started: started.map(named) };
}

function keyOf({ family, point }: Series): string {
  return `${family.descriptor.name} ${labelsKey(point.attributes)}`;
}

function seriesOf(groups: MetricFamily[][]): Set<string> {
  return new Set(groups.flat().flatMap((family) => family.dataPoints.map((point) => keyOf({ family, point }))));
}

function without(set: Set<string>, other: Set<string>): Set<string> {
  return new Set([...set].filter((key) => !other.has(key)));
}

const KNOWN = Array.from({ length: 12 }, (_, i) => labelSet({ id: String(i), name: `name-${i % 5}` }));

/** Up to four groups of up to three families, some label sets shared between sweeps and some made anew. */
function randomSweep(random: () => number): MetricFamily[][] {
  const chosen = KNOWN.filter(() => random() < 0.7).map((set) => (random() < 0.3 ? labelSet({ ...set }) : set));
  const groups: MetricFamily[][] = [];
  const size = 1 + Math.floor(random() * 4);
  for (let i = 0; i < chosen.length; i += size) {
    const members = chosen.slice(i, i + size);
    const network = members.map((set) => extendLabelSet(set, "interface", random() < 0.9 ? "eth0" : "eth1"));
    groups.push([family("cpu", ...members), family("net", ...network)].filter(() => random() < 0.9));
  }
  return groups;
}
