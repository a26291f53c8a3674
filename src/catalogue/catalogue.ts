import { extendLabelSet, type LabelSet, NO_LABELS } from "../families/label-set.ts";
import { hrTimeFromMs, type NumberFamily, type Point } from "../families/metric-family.ts";
import type { ContainerSample, MachineSample, SweepSample } from "../sample/container-sample.ts";
import { type ContainerLabels, createContainerLabels, type LabelOptions } from "./container-labels.ts";
import { GROUPS } from "./groups.ts";
import { DEFAULT_LABEL_DENY } from "./label-rules.ts";
import type { ContainerRow, RowContext, SweepRow } from "./row.ts";
import { CONTAINER_ROWS, SWEEP_ROWS } from "./rows.ts";
import { type SelectionOptions, selectRows } from "./selection.ts";
import { createSeriesWriter, type SeriesWriter, startTimeBefore, type Written, withHeads } from "./series.ts";

export interface CatalogueOptions extends SelectionOptions {
  readonly labels?: Partial<LabelOptions> | undefined;
  /** Containers whose families go out together. */
  readonly containersPerGroup?: number | undefined;
}

export interface Catalogue {
  /** Which readings that cost extra requests any metric that is on needs. */
  readonly needs: { readonly processes: boolean; readonly size: boolean };
  /** Families that have points: those of machine and agent first, then those of some containers at a time. */
  families(sweep: SweepSample): NumberFamily[][];
  /** What of the sweep the last `families` left out. */
  readonly cuts: Cuts;
}

/** The names of those of whom there was more than can be sent: of containers, or "" of the machine. */
export interface Cuts {
  readonly labels: readonly string[];
  readonly points: readonly string[];
}

export const DEFAULT_LABEL_OPTIONS: LabelOptions = { allow: ["*"], deny: DEFAULT_LABEL_DENY, maxValueLength: 1024 };
/** gzip finds a container's labels again within its window of 32 KiB (docs/decisions/0009). */
export const CONTAINERS_PER_GROUP = 16;

export function createCatalogue(options: CatalogueOptions = {}): Catalogue {
  const { containersPerGroup = CONTAINERS_PER_GROUP } = options;
  const cpuPerCore = options.groups?.perCore ?? GROUPS.perCore.on;
  const sweepRows = withHeads(selectRows(SWEEP_ROWS, options));
  const containerRows = withHeads(selectRows(CONTAINER_ROWS, options));
  const labels = createContainerLabels({ ...DEFAULT_LABEL_OPTIONS, ...options.labels });
  let cuts: Cuts = { labels: [], points: [] };

  return {
    needs: {
      processes: containerRows.some(({ row }) => row.group === "processes"),
      size: containerRows.some(({ row }) => row.group === "size"),
    },
    families(sweep) {
      const writer = createSeriesWriter();
      const context: RowContext = { atMs: sweep.atMs, cpuPerCore };
      const subjects = containerSubjects(sweep, labels);
      const groups = [sweepFamilies(sweep, sweepRows, writer)];
      for (let i = 0; i < subjects.length; i += containersPerGroup) {
        groups.push(containerFamilies(subjects.slice(i, i + containersPerGroup), containerRows, context, writer));
      }
      cuts = {
        labels: subjects
          .filter(({ sample }) => labels.isCut(sample.identity))
          .map(({ sample }) => sample.identity.name),
        points: [...writer.cut].map(({ name = "" }) => name),
      };
      return groups.filter((group) => group.length > 0);
    },
    get cuts() {
      return cuts;
    },
  };
}

function sweepFamilies(sweep: SweepSample, rows: readonly Written<SweepRow>[], writer: SeriesWriter): NumberFamily[] {
  const time = hrTimeFromMs(sweep.atMs);
  const machineLabels = sweep.machine === undefined ? NO_LABELS : machineLabelSet(sweep.machine);
  const families: NumberFamily[] = [];
  for (const { row, head } of rows) {
    writer.begin(head);
    writer.subject({
      labels: row.about === "machine" ? machineLabels : NO_LABELS,
      startTime: time,
      endTime: time,
    });
    row.observe(sweep, writer.point);
    const family = writer.end();
    if (family !== undefined) families.push(family);
  }
  return families;
}

function machineLabelSet({ bootId = "", machineId = "", systemUuid = "" }: MachineSample): LabelSet {
  return extendLabelSet(NO_LABELS, "boot_id", bootId, "machine_id", machineId, "system_uuid", systemUuid);
}

/** A container with what its rows ask for, worked out once for all of them. */
interface ContainerSubject {
  readonly sample: ContainerSample;
  readonly labels: LabelSet;
  readonly sweptAt: Point["endTime"];
  readonly start: Point["startTime"];
  readonly creation: Point["startTime"];
  readonly counting: Point["startTime"];
}

function containerSubjects(sweep: SweepSample, labels: ContainerLabels): ContainerSubject[] {
  const sweptAt = hrTimeFromMs(sweep.atMs);
  const present = new Set<string>();
  const subjects: ContainerSubject[] = [];
  for (const sample of sweep.containers) {
    const { identity, spec } = sample;
    if (present.has(identity.containerId)) continue;
    present.add(identity.containerId);
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

function containerFamilies(
  subjects: readonly ContainerSubject[],
  rows: readonly Written<ContainerRow>[],
  context: RowContext,
  writer: SeriesWriter,
): NumberFamily[] {
  const families: NumberFamily[] = [];
  for (const { row, head } of rows) {
    writer.begin(head);
    for (const subject of subjects) {
      if (!subject.sample.state.running && !row.stoppedToo) continue;
      writer.subject({
        labels: subject.labels,
        startTime: subject[row.since ?? "start"],
        endTime: subject.sweptAt,
      });
      row.observe(subject.sample, writer.point, context);
    }
    const family = writer.end();
    if (family !== undefined) families.push(family);
  }
  return families;
}
