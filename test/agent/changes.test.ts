import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Arrived, arrivals, exportsAfter, exportsSince, hasLabels, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";

// One agent for all: each test has containers of its own.
let stage: Stage;
before(async () => {
  stage = await startStage();
  stage.start();
});
after(() => stage.close());

describe("The very next export", { concurrency: true }, () => {
  test("ends the series of a container that was removed: they come once more, flagged, and never again", async () => {
    await running("removed", "neighbour");
    const ended = await endedBy({ name: "removed" }, () => stage.engine.containers.remove("removed"));
    assert.ok(ended.length > 40, `${ended.length} series`);
    assert.equal(live(stage.receiver, "container_state", { name: "neighbour" })[0]?.value, 1);
  });

  test("ends the series of a container's old name, and goes on under the new one", async () => {
    await running("old-name");
    const ended = await endedBy({ name: "old-name" }, () => stage.engine.containers.rename("old-name", "new-name"));
    const renamed = live(stage.receiver, undefined, { name: "new-name" });
    assert.deepEqual(
      renamed.map(({ key }) => key.replace('name="new-name"', 'name="old-name"')).sort(),
      ended.map(({ key }) => key).sort(),
    );
  });

  test("ends the series of a container that another of the same name has replaced, and has those of the new one", async () => {
    const { containers } = stage.engine;
    const [oldId] = await running("replaced");
    const ended = await endedBy({ name: "replaced", id: cgroupOf(oldId) }, () => {
      containers.remove("replaced");
      containers.run({ name: "replaced", nanoCpus: 5e8 });
    });
    const replacing = live(stage.receiver, undefined, { name: "replaced" });
    assert.deepEqual([...new Set(replacing.map(({ labels }) => labels.id))], [cgroupOf(containers.get("replaced").id)]);
    assert.equal(replacing.length, ended.length);
  });

  test("ends what `docker update` took away, and has its new numbers", async () => {
    await running("updated");
    const ended = await endedBy(
      { name: "updated" },
      () => stage.engine.containers.update("updated", { nanoCpus: 0, memoryLimitBytes: 123 * 2 ** 20 }),
      { isExpected: ({ metric }) => /_cpu_(quota|cfs_)/.test(metric) },
    );
    assert.deepEqual(ended.map(({ metric }) => metric).sort(), [
      "container_cpu_cfs_periods_total",
      "container_cpu_cfs_throttled_periods_total",
      "container_cpu_cfs_throttled_seconds_total",
      "container_spec_cpu_quota",
    ]);
    const [limit] = live(stage.receiver, "container_spec_memory_limit_bytes", { name: "updated" });
    assert.equal(limit?.value, 123 * 2 ** 20);
  });

  test("ends the series of a container that stopped, but those of its state", async () => {
    await running("stopped");
    await endedBy({ name: "stopped" }, () => stage.engine.containers.stop("stopped", 3), {
      isExpected: ({ metric }) => !/^container_(state|paused|restarts_total)$/.test(metric),
    });
    const left = live(stage.receiver, undefined, { name: "stopped" });
    assert.deepEqual(Object.fromEntries(left.map(({ metric, value }) => [metric, value])), {
      container_state: 0,
      container_paused: 0,
      container_restarts_total: 0,
      container_exit_code: 3,
    });
  });
  test("says that a container is paused, and that it is not any more", async () => {
    await running("paused");
    const paused = await nextOf("paused", () => stage.engine.containers.pause("paused"));
    assert.deepEqual([paused.container_state, paused.container_paused], [1, 1]);
    const goingOn = await nextOf("paused", () => stage.engine.containers.unpause("paused"));
    assert.deepEqual([goingOn.container_state, goingOn.container_paused], [1, 0]);
  });

  test("begins the counters of a restarted container anew, from the time of its start, and ends no series", async () => {
    await running("restarted");
    const { containers } = stage.engine;
    const cpu = () => live(stage.receiver, "container_cpu_usage_seconds_total", { name: "restarted" })[0] as Arrived;
    const earlier = { ...cpu(), startedAtMs: containers.get("restarted").startedAtMs };
    const next = await nextOf("restarted", () => containers.restart("restarted"));
    const startedAtMs = containers.get("restarted").startedAtMs as number;
    assert.equal(earlier.startMs, earlier.startedAtMs);
    assert.equal(cpu().startMs, startedAtMs);
    assert.equal(cpu().key, earlier.key);
    assert.ok((cpu().value ?? 0) < (earlier.value ?? 0), `${cpu().value} after ${earlier.value}`);
    assert.equal(next.container_start_time_seconds, Math.floor(startedAtMs / 1000));
    const ended = arrivals(stage.receiver, undefined, { name: "restarted" }).filter(({ value }) => value === undefined);
    assert.deepEqual(ended, []);
  });

  test("has all of a container that was started meanwhile", async () => {
    await nextOf("started", () => stage.engine.containers.run({ name: "started", labels: { team: "shop" } }));
    const points = live(stage.receiver, undefined, { name: "started" });
    assert.ok(points.length > 40, `${points.length} series`);
    assert.ok(points.every(({ labels }) => labels.container_label_team === "shop"));
  });

  test("counts a restart by the container's own policy", async () => {
    await running("crashed");
    const next = await nextOf("crashed", () => stage.engine.containers.crash("crashed", 1));
    assert.equal(next.container_restarts_total, 1);
  });
});

/** So that each counter has something to tell soon after a restart: the engine lists no disk before its first page. */
const BUSY = { cpuCores: 0.3, readBytesPerSecond: 8e6, writeBytesPerSecond: 8e6 };

/** Runs containers, as for an hour already, until all of each was exported. */
async function running(...names: string[]): Promise<string[]> {
  const ids = names.map((name) =>
    stage.engine.containers.run({ name, nanoCpus: 5e8, startedAgoMs: 3_600_000, load: BUSY }),
  );
  await exportsSince(stage.receiver, Date.now(), 1);
  return ids;
}

/** What the very next export after `change` says of a container, by metric. */
async function nextOf(name: string, change: () => void): Promise<Record<string, number | undefined>> {
  const [next] = await exportsAfter(stage.receiver, change, 1);
  const points = next?.points.filter((point) => hasLabels(point, { name })) ?? [];
  return Object.fromEntries(points.map(({ metric, value }) => [metric, value]));
}

interface Expectation {
  isExpected?(point: Arrived): boolean;
}

/** The series that `change` ends: each once, in the very next export, and none of them ever after. */
async function endedBy(
  labels: Record<string, string>,
  change: () => void,
  { isExpected = () => true }: Expectation = {},
): Promise<Arrived[]> {
  const expected = live(stage.receiver, undefined, labels)
    .filter(isExpected)
    .map(({ key }) => key);
  const [next, ...later] = await exportsAfter(stage.receiver, change, 3);
  const ended = next?.points.filter((point) => hasLabels(point, labels) && point.value === undefined) ?? [];
  assert.deepEqual(ended.map(({ key }) => key).sort(), expected.sort());
  const afterwards = later.flatMap(({ points }) => points).filter(({ key }) => expected.includes(key));
  assert.deepEqual(afterwards, []);
  return ended;
}

function cgroupOf(id: string | undefined): string {
  return `/system.slice/docker-${id}.scope`;
}
