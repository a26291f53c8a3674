import { extendLabelSet, type LabelSet } from "../families/label-set.ts";
import { hrTimeFromMs, metricFamily, type NumberFamily, type Point } from "../families/metric-family.ts";
import type { PointWriter } from "./row.ts";

type HrTime = Point["startTime"];

/** A row together with an empty family of its own, whose descriptor all its families share. */
export interface Written<Row> {
  readonly row: Row;
  readonly head: NumberFamily;
}

export function withHead<Row extends Parameters<typeof metricFamily>[0]>(row: Row): Written<Row> {
  return { row, head: metricFamily(row) };
}

/** What the points of one subject (a container, the machine) have in common. */
export interface Subject {
  readonly labels: LabelSet;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

export interface SeriesWriter {
  /** The next points go into a family of this head. */
  begin(head: NumberFamily): void;
  readonly subject: (subject: Subject) => void;
  readonly point: PointWriter;
  /** The family begun last, or nothing where it got no point. */
  end(): NumberFamily | undefined;
  /** The labels of subjects of which points were left out, being too many. */
  readonly cut: ReadonlySet<LabelSet>;
}

/** Of one subject in one family: no container has as many interfaces or devices, but a reply can name a hundred thousand. */
const MAX_POINTS_OF_SUBJECT = 1_000;

/** One object for a whole sweep, since a closure for each of its tens of thousands of points would cost more than they do. */
export function createSeriesWriter(): SeriesWriter {
  let family: NumberFamily | undefined;
  let points: Point<number>[] = [];
  const cut = new Set<LabelSet>();
  let firstOfSubject = 0;
  let labels: LabelSet;
  let startTime: HrTime;
  let endTime: HrTime;

  return {
    begin(head) {
      points = [];
      family = { ...head, dataPoints: points };
    },
    subject(next) {
      ({ labels, startTime, endTime } = next);
      firstOfSubject = points.length;
    },
    point(value, ...extra) {
      if (value === undefined || !Number.isFinite(value)) return;
      if (points.length - firstOfSubject >= MAX_POINTS_OF_SUBJECT) return void cut.add(labels);
      const attributes = extra.length === 0 ? labels : extendLabelSet(labels, ...extra);
      // Of two points with equal labels the first stays: Prometheus would refuse the whole request for the second.
      for (let i = firstOfSubject; i < points.length; i++) if (points[i]?.attributes === attributes) return;
      points.push({ attributes, value, startTime, endTime });
    },
    end: () => (points.length === 0 ? undefined : family),
    cut,
  };
}

/**
 * A start never lies after its end, whatever two machines' clocks say: then it is as unknown as one that nobody told. A start
 * that moved along with the end would make of each point a reset.
 */
export function startTimeBefore(endMs: number, startSeconds: number | undefined): HrTime {
  return startSeconds === undefined || startSeconds * 1000 > endMs ? UNKNOWN_START : hrTimeFromMs(startSeconds * 1000);
}

/** opentelemetry-proto v1.7 metrics.proto: a start_time_unix_nano of 0 is an unknown one. */
const UNKNOWN_START: HrTime = [0, 0];
