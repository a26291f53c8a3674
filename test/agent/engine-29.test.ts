import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { arrivals, type Export, exportsAfter, exportsSince, live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

/**
 * Engine 29 (API 1.52 and later) has left out the events' status, id and from, inspect's GraphDriver and the addresses of the
 * default bridge, and sends events as JSON lines; stats have os_type, and id and name in one-shot replies too, and a list
 * entry has Health. The simulated engine does so from 29.0 on, as test/demo/engine holds it to.
 */
const RELEASES = ["28.5.2", "29.0.0", "29.7.2"] as const;

const stoppedAtMs = Date.now();
const PROCESSES = { TALLYMAN_METRICS_GROUPS_PROCESSES: "true" };

describe("What engine 29 left out or added", { concurrency: true }, () => {
  for (const cgroupVersion of ["1", "2"] as const) {
    test(`changes no series and no value (cgroup v${cgroupVersion})`, async (t) => {
      const [of28, ...of29] = await Promise.all(
        RELEASES.map(async (engineVersion) => {
          // On engines on which time stands still, with the same containers.
          const stage = await startStage({ engine: { engineVersion, cgroupVersion, clock: () => stoppedAtMs } }, t);
          const { containers } = stage.engine;
          const common = { startedAgoMs: 3_600_000, labels: { "com.example.team": "shop" } };
          containers.run({
            ...common,
            name: "api",
            networks: ["front", "back"],
            healthcheck: "healthy",
            nanoCpus: 5e8,
          });
          containers.run({
            ...common,
            name: "sick",
            healthcheck: "unhealthy",
            memoryLimitBytes: 2 ** 28,
            pidsLimit: 50,
          });
          containers.run({ ...common, name: "host", networkMode: "host" });
          containers.exit(containers.run({ ...common, name: "job" }), 3);
          containers.oom("sick");
          stage.start(PROCESSES);
          await stage.receiver.waitFor(() => live(stage.receiver, "container_processes").length === 3);
          return seriesIn(await newestExport(stage));
        }),
      );
      assert.ok(Object.keys(of28 ?? {}).length > 120);
      for (const series of of29) assert.deepEqual(series, of28);
    });
  }
});

describe("The events of engine 29", () => {
  let stage: Stage;
  let agent: Tallyman;
  before(async () => {
    stage = await startStage({ engine: { engineVersion: "29.7.2", cgroupVersion: "1" } });
    stage.engine.containers.run({ name: "web", healthcheck: true });
    agent = stage.start();
    await exportsSince(stage.receiver, 0, 2);
  });
  after(() => stage.close());

  test("tell of health, renames, starts and ends as before", async () => {
    const { engine, receiver } = stage;
    const change = () => {
      engine.containers.setHealth("web", "healthy");
      engine.containers.rename("web", "shop");
      engine.containers.run({ name: "db" });
    };
    const [next] = await exportsAfter(receiver, change, 1);
    const told = (name: string, metric: string) =>
      next?.points.find((point) => point.metric === metric && point.labels.name === name)?.value;
    assert.equal(told("shop", "container_health_state"), 1);
    assert.equal(told("web", "container_health_state"), undefined);
    assert.equal(told("db", "container_state"), 1);
  });

  test("count an oom that is told after the end that it brought about", async () => {
    const { engine, receiver } = stage;
    engine.containers.run({ name: "greedy" });
    await exportsAfter(receiver, () => engine.containers.exit("greedy", 137), 1);
    await exportsAfter(receiver, () => engine.containers.oom("greedy"), 1);
    engine.containers.start("greedy");
    await receiver.waitFor(() => live(receiver, "container_oom_events_total", { name: "greedy" })[0]?.value === 1);
  });

  test("and nothing is said but what is well", () => {
    assert.deepEqual(
      agent.log().filter(({ level, outlet }) => /^(warn|error)$/.test(level) && outlet === undefined),
      [],
    );
    assert.deepEqual(
      arrivals(stage.receiver, "tallyman_engine_errors_total").filter(({ value }) => Number(value) > 0),
      [],
    );
  });
});

async function newestExport(stage: Stage): Promise<Export> {
  const [next] = await exportsSince(stage.receiver, Date.now(), 1);
  return next as Export;
}

/** By series, without the agent's own, the time that passes, and the release itself. */
function seriesIn({ points }: Export): Record<string, number | undefined> {
  const lasting = points.filter(
    ({ metric }) => !/^(tallyman_|container_last_seen$|cadvisor_version_info$)/.test(metric),
  );
  return Object.fromEntries(
    lasting.map(({ key, value }) => [key, value]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}
