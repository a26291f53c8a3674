import type { LabelSet } from "../families/label-set.ts";
import { hrTimeFromMs, type Point } from "../families/metric-family.ts";
import type { ContainerSample, SweepSample } from "../sample/container-sample.ts";
import type { ContainerLabels } from "./container-labels.ts";
import { startTimeBefore } from "./series.ts";

/** A container with what its rows ask for, worked out once for all of them. */
export interface ContainerSubject {
  readonly sample: ContainerSample;
  readonly labels: LabelSet;
  readonly sweptAt: Point["endTime"];
  readonly start: Point["startTime"];
  readonly creation: Point["startTime"];
  readonly counting: Point["startTime"];
}

/** Of containers that have the same labels, the first. */
export function containerSubjects(sweep: SweepSample, labels: ContainerLabels): ContainerSubject[] {
  const sweptAt = hrTimeFromMs(sweep.atMs);
  const present = new Set<string>();
  const subjects: ContainerSubject[] = [];
  for (const sample of sweep.containers) {
    const { identity, spec } = sample;
    const key = labels.keyOf(identity);
    if (present.has(key)) continue;
    present.add(key);
    const startedAtSeconds = spec.startedAtSeconds ?? spec.createdAtSeconds;
    subjects.push({
      sample,
      labels: labels.of(identity),
      sweptAt,
      start: startTimeBefore(sweep.atMs, startedAtSeconds),
      creation: startTimeBefore(sweep.atMs, spec.createdAtSeconds),
      counting: startTimeBefore(sweep.atMs, sample.logs?.sinceSeconds),
    });
  }
  labels.keepOnly(present);
  return subjects;
}
