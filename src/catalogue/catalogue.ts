import { extendLabelSet, type LabelSet, NO_LABELS } from "../families/label-set.ts";
import { hrTimeFromMs, type NumberFamily } from "../families/metric-family.ts";
import type { MachineSample, SweepSample } from "../sample/container-sample.ts";
import { type ContainerLabels, createContainerLabels } from "./container-labels.ts";
import { GROUPS } from "./groups.ts";
import { DEFAULT_LABEL_DENY } from "./label-rules.ts";
import { type LabelOptions, labelScheme, nameIn } from "./label-schemes.ts";
import { DEFAULT_PROFILES } from "./profiles.ts";
import type { ContainerRow, RowContext, SweepRow } from "./row.ts";
import { type SelectedRow, type SelectionOptions, selectProfileRows } from "./selection.ts";
import { createSeriesWriter, type SeriesWriter, startTimeBefore, type Written, withHead } from "./series.ts";
import { type ContainerSubject, containerSubjects } from "./subjects.ts";

export interface CatalogueOptions extends SelectionOptions {
  readonly labels?: Partial<LabelOptions> | undefined;
  /** What the host is called in place of the name that the engine tells. */
  readonly machineName?: string | undefined;
  /** Containers whose families go out together. */
  readonly containersPerGroup?: number | undefined;
}

export interface Catalogue {
  /** Which readings that cost extra any metric that is on needs: requests, or the memory of what was read before. */
  readonly needs: { readonly processes: boolean; readonly size: boolean; readonly usageCores: boolean };
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
  const rows = selectProfileRows(options);
  const sweepRows = rows.sweep.map(withHead);
  const containerRows = rows.containers.map((selected) => ({ ...withHead(selected.row), profiles: selected.profiles }));
  let machineName = options.machineName ?? "";
  let labels = labelsOf(options, machineName);
  let cuts: Cuts = { labels: [], points: [] };

  function labelsFor({ machine }: SweepSample): readonly ContainerLabels[] {
    const name = options.machineName ?? machine?.hostName ?? machineName;
    if (name !== machineName) labels = labelsOf(options, name);
    machineName = name;
    return labels;
  }

  return {
    needs: {
      processes: rows.containers.some(({ row }) => row.group === "processes"),
      size: rows.containers.some(({ row }) => row.group === "size"),
      usageCores: rows.containers.some(({ row }) => row.needsUsageCores === true),
    },
    families(sweep) {
      const writer = createSeriesWriter();
      const context: RowContext = { atMs: sweep.atMs, cpuPerCore, machine: sweep.machine };
      const ofProfiles = labelsFor(sweep);
      const subjects = ofProfiles.map((profile) => containerSubjects(sweep, profile));
      const count = Math.max(0, ...subjects.map(({ length }) => length));
      const groups = [sweepFamilies(sweep, sweepRows, machineName, writer)];
      for (let i = 0; i < count; i += containersPerGroup) {
        const some = subjects.map((all) => all.slice(i, i + containersPerGroup));
        groups.push(containerFamilies(some, containerRows, context, writer));
      }
      const cut = subjects.flatMap((all, i) => all.filter(({ sample }) => ofProfiles[i]?.isCut(sample.identity)));
      cuts = {
        labels: [...new Set(cut.map(({ sample }) => sample.identity.name))],
        points: [...new Set([...writer.cut].map(nameIn))],
      };
      return groups.filter((group) => group.length > 0);
    },
    get cuts() {
      return cuts;
    },
  };
}

/** Profiles in the order of the options. */
function labelsOf({ profiles = DEFAULT_PROFILES, labels }: CatalogueOptions, machineName: string): ContainerLabels[] {
  const options = { ...DEFAULT_LABEL_OPTIONS, ...labels };
  return profiles.map((profile) => createContainerLabels(labelScheme(profile, options, machineName)));
}

function sweepFamilies(
  sweep: SweepSample,
  rows: readonly Written<SweepRow>[],
  machineName: string,
  writer: SeriesWriter,
): NumberFamily[] {
  const time = hrTimeFromMs(sweep.atMs);
  const labels = {
    agent: NO_LABELS,
    host: extendLabelSet(NO_LABELS, "machine", machineName),
    machine: sweep.machine === undefined ? NO_LABELS : machineLabelSet(sweep.machine),
  };
  const families: NumberFamily[] = [];
  for (const { row, head } of rows) {
    writer.begin(head);
    const startTime = row.kind === "counter" ? startTimeBefore(sweep.atMs, sweep.reading?.countedSinceSeconds) : time;
    writer.subject({ labels: labels[row.about], startTime, endTime: time });
    row.observe(sweep, writer.point);
    const family = writer.end();
    if (family !== undefined) families.push(family);
  }
  return families;
}

function machineLabelSet({ bootId = "", machineId = "", systemUuid = "" }: MachineSample): LabelSet {
  return extendLabelSet(NO_LABELS, "boot_id", bootId, "machine_id", machineId, "system_uuid", systemUuid);
}

/** Subjects and the places of a row's profiles are in the order of the options. */
function containerFamilies(
  subjects: readonly (readonly ContainerSubject[])[],
  rows: readonly (Written<ContainerRow> & Pick<SelectedRow, "profiles">)[],
  context: RowContext,
  writer: SeriesWriter,
): NumberFamily[] {
  const families: NumberFamily[] = [];
  for (const { row, head, profiles } of rows) {
    writer.begin(head);
    for (const profile of profiles) {
      for (const subject of subjects[profile] as readonly ContainerSubject[]) {
        if (!subject.sample.state.running && !row.stoppedToo) continue;
        writer.subject({
          labels: subject.labels,
          startTime: subject[row.since ?? "start"],
          endTime: subject.sweptAt,
        });
        row.observe(subject.sample, writer.point, context);
      }
    }
    const family = writer.end();
    if (family !== undefined) families.push(family);
  }
  return families;
}
