import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Fault } from "../../src/demo/engine/faults.ts";
import { eventually } from "../support/eventually.ts";
import { arrivals, exportsSince, hasLabels, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

/** What the engine answers with status 200 for a container that does not run (28.5, recorded). */
const ZEROS: Fault = {
  kind: "edit",
  edit: (stats: object) => ({
    ...stats,
    read: "0001-01-01T00:00:00Z",
    pids_stats: {},
    memory_stats: {},
    cpu_stats: { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 } },
    networks: undefined,
  }),
};

// One agent for all: each test has a container of its own, beside one with which all is well.
let stage: Stage;
let agent: Tallyman;
before(async () => {
  stage = await startStage();
  for (const name of ["well", "stuck", "stopping", "odd"]) {
    stage.engine.containers.run({ name, nanoCpus: 5e8, startedAgoMs: 3_600_000 });
  }
  agent = stage.start({ TALLYMAN_ENGINE_STATS_TIMEOUT: "150ms" });
  await exportsSince(stage.receiver, 0, 2);
});
after(() => stage.close());

describe("Where the engine does not tell of one container", { concurrency: true }, () => {
  test("since its stats hang, that one is ended, costs the others no export, and returns when it answers", async () => {
    const { receiver } = stage;
    const answer = spoil("stuck", { kind: "delay", delayMs: Number.POSITIVE_INFINITY });
    await receiver.waitFor(() => live(receiver, undefined, { name: "stuck" }).length === 0);
    for (const { points } of await exportsSince(receiver, Date.now(), 4)) {
      assert.ok(points.filter((point) => hasLabels(point, { name: "well" })).length > 40);
      assert.deepEqual(
        points.filter((point) => hasLabels(point, { name: "stuck" })),
        [],
      );
    }
    answer();
    await receiver.waitFor(() => live(receiver, undefined, { name: "stuck" }).length > 40);
  });

  test("but has zeros for it, since it stopped meanwhile, they are not sent", async () => {
    spoil("stopping", ZEROS);
    await exportsSince(stage.receiver, Date.now(), 2);
    const cpu = arrivals(stage.receiver, "container_cpu_usage_seconds_total", { name: "stopping" });
    const sent = cpu.map(({ value }) => value);
    assert.ok(sent.length > 1);
    assert.equal(sent.at(-1), undefined);
    assert.ok(!sent.includes(0), String(sent));
  });

  test("but answers with something else than JSON, that one is ended, and said once", async () => {
    spoil("odd", { kind: "malformed" });
    await exportsSince(stage.receiver, Date.now(), 3);
    assert.equal(live(stage.receiver, undefined, { name: "odd" }).length, 0);
    const said = agent.log().filter(({ containers }) => String(containers).includes("odd"));
    assert.deepEqual(
      said.map(({ level }) => level),
      ["warn"],
    );
  });

  test("since many come and go during a sweep, no error is left behind", async () => {
    const { engine, receiver } = stage;
    const ids = Array.from({ length: 20 }, (_, i) => engine.containers.run({ name: `job-${i}` }));
    await eventually(() => engine.requests.entries.some(({ path }) => path === `/containers/${ids[0]}/stats`));
    for (const id of ids) engine.containers.remove(id);
    await exportsSince(receiver, Date.now(), 2);
    const names = live(receiver).map(({ labels }) => String(labels.name));
    assert.ok(!names.some((name) => name.startsWith("job-")));
    assert.ok(!agent.log().some(({ level }) => level === "error"));
  });
});

function spoil(name: string, fault: Fault): () => void {
  return stage.engine.faults.add({ path: `/containers/${stage.engine.containers.get(name).id}/stats`, fault });
}
