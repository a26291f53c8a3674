import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { ask } from "./ask.ts";

const START_MS = 1_795_233_083_000;

for (const cgroupVersion of ["1", "2"] as const) {
  let nowMs = START_MS;
  const engine = await startSimulatedEngine({ cgroupVersion, clock: () => nowMs });
  after(() => engine.close());

  async function stats(id: string) {
    return (await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`)).json;
  }

  test(`cgroup v${cgroupVersion}: every counter only grows while the container runs`, async () => {
    const id = engine.containers.run({ networks: ["a", "b"], nanoCpus: 5e8 });
    let before = countersOf(await stats(id));
    assert.ok(before.length >= 10);
    for (let second = 1; second <= 400; second += 7) {
      nowMs = START_MS + second * 1000 + (second % 3) * 333;
      const now = countersOf(await stats(id));
      for (const [i, [name, value]] of now.entries()) {
        assert.ok(value >= (before[i]?.[1] ?? 0), `${name} after ${second} s`);
        assert.ok(Number.isSafeInteger(value), `${name} is whole`);
      }
      before = now;
    }
    assert.ok(before.filter(([, value]) => value > 0).length >= 8);
  });

  test(`cgroup v${cgroupVersion}: the same clock gives the same numbers, another container others`, async () => {
    const [one, other] = [engine.containers.run(), engine.containers.run()];
    nowMs += 60_000;
    assert.deepEqual(await stats(one), await stats(one));
    assert.notDeepEqual((await stats(one)).cpu_stats, (await stats(other)).cpu_stats);
  });

  test(`cgroup v${cgroupVersion}: a pause stops the counters, a restart sets them back`, async () => {
    const id = engine.containers.run();
    nowMs += 60_000;
    engine.containers.pause(id);
    const paused = ownCountersOf(await stats(id));
    nowMs += 60_000;
    assert.deepEqual(ownCountersOf(await stats(id)), paused);
    engine.containers.unpause(id);
    assert.deepEqual(ownCountersOf(await stats(id)), paused);
    nowMs += 1000;
    assert.notDeepEqual(ownCountersOf(await stats(id)), paused);
    engine.containers.restart(id);
    assert.equal(total(await stats(id)), 0);
  });

  test(`cgroup v${cgroupVersion}: memory stays within its limit, and the machine's where it has none`, async () => {
    const small = engine.containers.run({ memoryLimitBytes: 2 ** 24, load: { memoryBytes: 2 ** 30 } });
    nowMs += 3_600_000;
    const { memory_stats } = await stats(small);
    assert.equal(memory_stats.limit, 2 ** 24);
    assert.ok(memory_stats.usage <= 2 ** 24);
    assert.equal((await stats(engine.containers.run())).memory_stats.limit, engine.profile.memoryBytes);
  });

  test(`cgroup v${cgroupVersion}: a kill for want of memory is counted`, async () => {
    const id = engine.containers.run();
    assert.equal((await stats(id)).memory_stats.failcnt, undefined);
    engine.containers.oom(id);
    engine.containers.oom(id);
    const { failcnt } = (await stats(id)).memory_stats;
    if (cgroupVersion === "2") assert.equal(failcnt, 2);
    else assert.ok(failcnt > 0);
  });
}

test("the cores' times of cgroup v1 add up to the total", async () => {
  let nowMs = START_MS;
  const engine = await startSimulatedEngine({ cgroupVersion: "1", cpuCores: 3, clock: () => nowMs });
  const id = engine.containers.run();
  nowMs += 100_000;
  const { cpu_usage } = (await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`)).json.cpu_stats;
  await engine.close();
  assert.equal(cpu_usage.percpu_usage.length, 3);
  assert.equal(
    cpu_usage.percpu_usage.reduce((sum: number, core: number) => sum + core),
    cpu_usage.total_usage,
  );
});

test("periods are counted with a quota only", async () => {
  let nowMs = START_MS;
  const engine = await startSimulatedEngine({ clock: () => nowMs });
  const [free, bound] = [engine.containers.run(), engine.containers.run({ nanoCpus: 2e8 })];
  nowMs += 100_000;
  const throttling = async (id: string) =>
    (await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`)).json.cpu_stats.throttling_data;
  assert.deepEqual(await throttling(free), { periods: 0, throttled_periods: 0, throttled_time: 0 });
  assert.equal((await throttling(bound)).periods, 1000);
  await engine.close();
});

test("who shares another container's network shows that one's numbers", async () => {
  let nowMs = START_MS;
  const engine = await startSimulatedEngine({ clock: () => nowMs });
  const owner = engine.containers.run();
  const guest = engine.containers.run({ networkMode: `container:${owner}` });
  nowMs += 10_000;
  const [one, other] = await Promise.all(
    [owner, guest].map(async (id) => (await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`)).json),
  );
  await engine.close();
  assert.ok(one.networks.eth0.rx_bytes > 0);
  assert.deepEqual(other.networks, one.networks);
});

// biome-ignore lint/suspicious/noExplicitAny: a reply as it came.
function total(stats: any): number {
  return stats.cpu_stats.cpu_usage.total_usage;
}

/** Those of the container alone, without the machine's CPU time. */
// biome-ignore lint/suspicious/noExplicitAny: a reply as it came.
function ownCountersOf(stats: any) {
  return countersOf(stats).filter(([name]) => name !== "system");
}

// biome-ignore lint/suspicious/noExplicitAny: a reply as it came.
function countersOf({ cpu_stats, memory_stats, networks, blkio_stats }: any): [name: string, value: number][] {
  const { total_usage, usage_in_kernelmode, usage_in_usermode, percpu_usage = [] } = cpu_stats.cpu_usage;
  const { pgfault, pgmajfault } = memory_stats.stats;
  const numbers = { total_usage, usage_in_kernelmode, usage_in_usermode, ...percpu_usage, pgfault, pgmajfault };
  const counters = Object.entries({ ...numbers, ...cpu_stats.throttling_data, system: cpu_stats.system_cpu_usage });
  for (const [name, counts] of Object.entries<Record<string, number>>(networks)) {
    counters.push(...Object.entries(counts).map(([key, value]): [string, number] => [`${name} ${key}`, value]));
  }
  // The first reading is before the first byte, and has no lists yet: each list's sum stands for it.
  for (const [name, list] of Object.entries<{ value: number }[] | null>(blkio_stats)) {
    counters.push([name, (list ?? []).reduce((sum, { value }) => sum + value, 0)]);
  }
  return counters as [string, number][];
}
