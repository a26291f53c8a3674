import { labelsKey } from "../families/ended-series.ts";
import { type LabelSet, labelSet } from "../families/label-set.ts";
import { hrTimeFromMs, type MetricFamily, type Point, type PointValue } from "../families/metric-family.ts";

/** The series of one program among those of the agent and of other programs. */
export interface JoinedSeries {
  /** What a run gave, at its time. */
  take(families: readonly MetricFamily[], atMs: number): MetricFamily[];
}

interface Known {
  readonly labels: LabelSet;
  readonly startTime: Point["startTime"];
  readonly count: number;
}

/** By this label programs that use the same library (and so the same names) stay apart. */
const LABEL = "exporter";

/**
 * Text says nothing of when a series began. As OpenTelemetry's specification has it for an unknown start (Metrics Data Model
 * 1.50, "Cumulative streams: handling unknown start time"), that is the time of its first point; of one that fell, and so
 * began anew, it is the time of the point before.
 */
export function createJoinedSeries(exporter: string): JoinedSeries {
  let known = new Map<string, Known>();
  let lastTime: Point["startTime"] | undefined;

  return {
    take(families, atMs) {
      const endTime = hrTimeFromMs(atMs);
      const next = new Map<string, Known>();
      const joined = families.map((family) => {
        const dataPoints = family.dataPoints.map(({ attributes, value }) => {
          const key = `${family.descriptor.name} ${labelsKey(attributes)}`;
          const before = known.get(key);
          const count = countOf(value);
          const hasFallen = before !== undefined && count < before.count;
          const series = {
            labels: before?.labels ?? withExporter(attributes, exporter),
            startTime: (hasFallen ? lastTime : before?.startTime) ?? endTime,
            count,
          };
          next.set(key, series);
          return { attributes: series.labels, value, startTime: series.startTime, endTime };
        });
        return { ...family, dataPoints };
      });
      known = next;
      lastTime = endTime;
      return joined;
    },
  };
}

/** The same at a later time, which is that of all points of a push. */
export function atTime(families: readonly MetricFamily[], atMs: number): MetricFamily[] {
  const endTime = hrTimeFromMs(atMs);
  return families.map((family) => ({
    ...family,
    dataPoints: family.dataPoints.map((point) => ({ ...point, startTime: earlier(point.startTime, endTime), endTime })),
  }));
}

/** A label of the program's own goes on under the name that Prometheus gives one that is in its way. */
function withExporter(labels: LabelSet, exporter: string): LabelSet {
  const { [LABEL]: own = "", ...others } = labels;
  return labelSet({ ...others, ...(own !== "" && { [`exported_${LABEL}`]: own }), [LABEL]: exporter });
}

function countOf(value: PointValue): number {
  return typeof value === "number" ? value : value.count;
}

function earlier(one: Point["startTime"], other: Point["startTime"]): Point["startTime"] {
  const isLater = one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
  return isLater ? other : one;
}
