import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DIFFERENCES, NOT_AVAILABLE } from "../../src/catalogue/against-cadvisor.ts";
import type { Platform } from "../../src/catalogue/row.ts";
import { CONTAINER_ROWS, SWEEP_ROWS } from "../../src/catalogue/rows.ts";
import { type PageSeries, seriesKey } from "./cadvisor-page.ts";
import { emit, type RecordedContainer, type Recording, readRecording, sampleOf } from "./recording.ts";

interface Comparison {
  readonly folder: string;
  readonly platform: Platform;
  /** What cAdvisor was not asked for when it was recorded, and we print all the same. */
  readonly notAsked: readonly string[];
}

const COMPARISONS: readonly Comparison[] = [
  {
    folder: "cgroup-v1-engine-20.10",
    platform: "cgroup v1",
    // Default flags: process metrics are off.
    notAsked: ["container_threads", "container_threads_max"],
  },
  { folder: "cgroup-v2-engine-28.5", platform: "cgroup v2", notAsked: [] },
];

const ON = { groups: { perCore: true, processes: true }, labels: { deny: [] } };
/** c-basic has two labels of this name; cAdvisor prints either (see FURTHER_DIFFERENCES). */
const EITHER = "container_label_com_example_Weird_key";
const ROWS = [...CONTAINER_ROWS, ...SWEEP_ROWS];

for (const { folder, platform, notAsked } of COMPARISONS) {
  const recording = readRecording(folder);
  const running = recording.containers.filter(({ inspect }) => inspect.State?.Running);
  const used = new Set<string>();

  describe(`the recording ${folder}`, () => {
    for (const container of running) {
      const theirs = pageOf(recording, container);
      const ours = oursOf(recording, container, theirs);

      test(`${container.name}: each series of cAdvisor is equal or excused, and none of its ${theirs.length} is missing`, () => {
        assert.ok(theirs.length > 60, "cAdvisor's page has the container");
        const mine = new Map(ours.map((series) => [seriesKey(series), series.value]));
        const unexcused = [];
        for (const series of theirs) {
          if (mine.get(seriesKey(series)) === series.value) continue;
          if (isExcused(series.name, container, platform)) used.add(series.name);
          else unexcused.push({ ...series, ours: mine.get(seriesKey(series)) });
        }
        assert.deepEqual(unexcused, []);
      });

      test(`${container.name}: no series has the name of one that is not available`, () => {
        const excused = ours.filter(({ name }) => isNotAvailable(name, container, platform));
        assert.deepEqual(excused, []);
      });

      test(`${container.name}: what goes beyond cAdvisor is said to be ours`, () => {
        const known = new Set(theirs.map(seriesKey));
        const beyond = ours.filter(
          (series) =>
            !known.has(seriesKey(series)) &&
            !notAsked.includes(series.name) &&
            !ROWS.some((row) => row.name === series.name && row.ours),
        );
        assert.deepEqual(beyond, []);
      });
    }

    test("the machine's series are equal or excused", () => {
      const theirs = recording.page.filter(({ name }) => /^(machine_|cadvisor_|.*_scrape_error)/.test(name));
      const mine = new Map(machineSeries(recording, theirs).map((series) => [seriesKey(series), series.value]));
      const unexcused = [];
      for (const series of theirs) {
        if (mine.get(seriesKey(series)) === series.value) continue;
        if (isExcused(series.name, undefined, platform)) used.add(series.name);
        else unexcused.push({ ...series, ours: mine.get(seriesKey(series)) });
      }
      assert.deepEqual(unexcused, []);
    });

    test("no excuse is stale: each one stands for a series on the page that we do not print so", () => {
      const excuses = [...NOT_AVAILABLE, ...DIFFERENCES].filter(({ platforms }) => platforms.includes(platform));
      const onPage = new Set(recording.page.map(({ name }) => name));
      for (const excuse of excuses) {
        const expected = "notSeen" in excuse ? onPage : used;
        for (const name of excuse.names) assert.equal(expected.has(name), !("notSeen" in excuse), name);
      }
    });

    test("containers that do not run have the series of state only", () => {
      const stopped = recording.containers.filter(({ inspect }) => !inspect.State?.Running);
      assert.ok(stopped.length > 0);
      for (const container of stopped) {
        const sample = sampleOf(recording, container);
        assert.ok(sample);
        const names = emit({ atMs: 1e12, samples: [sample], options: ON })
          .filter(({ labels }) => labels.name === container.name)
          .map(({ name }) => name);
        const groups = new Set(names.map((name) => ROWS.find((row) => row.name === name)?.group));
        assert.deepEqual([...groups], ["state"]);
      }
    });
  });
}

test("a metric that a platform lacks altogether is not listed as one of its metrics", () => {
  for (const { names, platforms, only } of NOT_AVAILABLE) {
    for (const name of names) {
      const row = ROWS.find((one) => one.name === name);
      if (only === undefined) assert.ok(!row?.platforms.some((platform) => platforms.includes(platform)), name);
    }
  }
});

test("a difference is one between two metrics of the same name", () => {
  for (const { names, platforms } of DIFFERENCES) {
    for (const name of names) {
      const row = ROWS.find((one) => one.name === name);
      assert.ok(
        platforms.every((platform) => row?.platforms.includes(platform)),
        name,
      );
    }
  }
});

function pageOf({ page }: Recording, { inspect }: RecordedContainer): PageSeries[] {
  return page.filter(({ labels }) => labels.id?.includes(inspect.Id)).map(withoutEither);
}

/** Our sweep at the moment when cAdvisor last saw the container. */
function oursOf(recording: Recording, container: RecordedContainer, theirs: readonly PageSeries[]): PageSeries[] {
  const sample = sampleOf(recording, container);
  assert.ok(sample, container.name);
  const atMs = theirs.find(({ name }) => name === "container_last_seen")?.atMs ?? 0;
  return emit({ atMs, samples: [sample], options: ON })
    .filter(({ name }) => name.startsWith("container_") && name !== "container_scrape_error")
    .map(withoutEither);
}

/** The ids are the page's: no field of the engine has them, and reading them from the machine is another room's. */
function machineSeries({ info }: Recording, theirs: readonly PageSeries[]): PageSeries[] {
  const { boot_id, machine_id, system_uuid } = theirs.find(({ name }) => name === "machine_cpu_cores")?.labels ?? {};
  const pageValue = (metric: string) => theirs.find(({ name }) => name === metric)?.value;
  const machine = {
    cpuCores: info.NCPU,
    memoryBytes: info.MemTotal,
    swapBytes: pageValue("machine_swap_bytes"),
    physicalCores: pageValue("machine_cpu_physical_cores"),
    sockets: pageValue("machine_cpu_sockets"),
    books: 0,
    drawers: 0,
    caches: [
      ...["0", "1"].flatMap((coreId) => [
        { nodeId: "0", coreId, level: "1", type: "Data", sizeBytes: 65_536 },
        { nodeId: "0", coreId, level: "1", type: "Instruction", sizeBytes: 65_536 },
        { nodeId: "0", coreId, level: "2", type: "Unified", sizeBytes: 524_288 },
      ]),
      { nodeId: "0", coreId: "", level: "3", type: "Unified", sizeBytes: 16_777_216 },
    ],
    threads: ["0", "1"].map((id) => ({ threadId: id, coreId: id, nodeId: "0", siblings: 1 })),
    nodes: [
      {
        id: "0",
        memoryBytes: info.MemTotal,
        hugepages: [
          { pageSizeKiB: "2048", count: 0 },
          { pageSizeKiB: "1048576", count: 0 },
        ],
        distances: [10],
      },
    ],
    bootId: boot_id,
    machineId: machine_id,
    systemUuid: system_uuid,
  };
  return emit({ atMs: 1e12, samples: [], machine, options: { groups: { topology: true } } });
}

function isExcused(name: string, container: RecordedContainer | undefined, platform: Platform): boolean {
  const differs = DIFFERENCES.some((one) => one.names.includes(name) && one.platforms.includes(platform));
  return differs || isNotAvailable(name, container, platform);
}

function isNotAvailable(name: string, container: RecordedContainer | undefined, platform: Platform): boolean {
  return NOT_AVAILABLE.some(
    ({ names, platforms, only }) =>
      names.includes(name) && platforms.includes(platform) && (only === undefined || isSuch(container, only)),
  );
}

function isSuch(container: RecordedContainer | undefined, only: string): boolean {
  const host = container?.inspect.HostConfig;
  if (only === "on the host's network") return host?.NetworkMode === "host";
  return !host?.Ulimits?.some(({ Name }) => Name === "nofile");
}

function withoutEither(series: PageSeries): PageSeries {
  const { [EITHER]: value, ...labels } = series.labels;
  assert.ok(value === undefined || value === "dup1" || value === "dup2");
  return { ...series, labels };
}
