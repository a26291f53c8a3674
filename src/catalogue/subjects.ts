import type { LabelSet } from "../families/label-set.ts";
import { hrTimeFromMs, type Point } from "../families/metric-family.ts";
import type { ContainerSample, SweepSample } from "../sample/container-sample.ts";
import type { ContainerLabels } from "./container-labels.ts";
import { startTimeBefore } from "./series.ts";

/** A container with what its rows ask for, worked out once for all of them. */
export interface ContainerSubject {
  readonly sample: ContainerSample;
  /** By profile; none where another container has the same labels. */
  readonly labels: readonly (LabelSet | undefined)[];
  readonly sweptAt: Point["endTime"];
  readonly start: Point["startTime"];
  readonly creation: Point["startTime"];
  readonly counting: Point["startTime"];
}

export function containerSubjects(sweep: SweepSample, labels: readonly ContainerLabels[]): ContainerSubject[] {
  const sweptAt = hrTimeFromMs(sweep.atMs);
  const present = new Set<string>();
  const taken = labels.map(() => new Set<string>());
  const subjects: ContainerSubject[] = [];
  for (const sample of sweep.containers) {
    const { identity, spec } = sample;
    if (present.has(identity.containerId)) continue;
    present.add(identity.containerId);
    const startedAtSeconds = spec.startedAtSeconds ?? spec.createdAtSeconds;
    subjects.push({
      sample,
      labels: labels.map((scheme, i) => {
        const keys = taken[i] as Set<string>;
        const key = scheme.keyOf(identity);
        if (keys.has(key)) return undefined;
        keys.add(key);
        return scheme.of(identity);
      }),
      sweptAt,
      start: startTimeBefore(sweep.atMs, startedAtSeconds),
      creation: startTimeBefore(sweep.atMs, spec.createdAtSeconds),
      counting: startTimeBefore(sweep.atMs, sample.logs?.sinceSeconds),
    });
  }
  for (const [i, scheme] of labels.entries()) scheme.keepOnly(taken[i] as Set<string>);
  return subjects;
}
