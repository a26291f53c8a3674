import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, EngineError, type EngineFacts } from "../../src/engine/engine.ts";
import type { Container, Inventory } from "../../src/inventory/inventory.ts";
import { createSampler, type SamplerOptions, type SamplerParts } from "../../src/sampling/sampler.ts";
import { SILENT_LOG } from "../../src/telemetry/log.ts";
import { createTally } from "../../src/telemetry/tally.ts";

const FACTS: EngineFacts = {
  flavour: "docker",
  engineVersion: "28.5.2",
  osType: "linux",
  rootless: false,
  instantStats: true,
  local: false,
  cpuCores: 4,
  memoryBytes: 8_000_000_000,
};
const OPTIONS: SamplerOptions = {
  patienceMs: 1_000,
  deadlineMs: 10_000,
  concurrency: "auto",
  stoppedContainers: false,
  envNames: [],
};

test("a hundred readers at once cost one sweep", async () => {
  const { sampler, lists } = build({ containers: [running("a")] });
  const sweeps = await Promise.all(Array.from({ length: 100 }, () => sampler.newest({ maxAgeMs: 0 })));
  assert.equal(lists(), 1);
  assert.equal(new Set(sweeps).size, 1);
});

test("a fresh sweep is handed out again, an old one is not", async () => {
  let atMs = 0;
  const { sampler, lists } = build({ containers: [running("a")], monotonicMs: () => atMs });
  await sampler.newest({ maxAgeMs: 5_000 });
  atMs += 5_000;
  await sampler.newest({ maxAgeMs: 5_000 });
  assert.equal(lists(), 1);
  atMs += 1;
  await sampler.newest({ maxAgeMs: 5_000 });
  assert.equal(lists(), 2);
});

test("a sweep holds the running containers' samples and what the engine tells of its machine", async () => {
  const { sampler } = build({ containers: [running("a"), stopped("b")] });
  const sweep = await sampler.newest({ maxAgeMs: 0 });
  assert.deepEqual(
    sweep.containers.map((sample) => sample.identity.name),
    ["a"],
  );
  assert.equal(sweep.machine?.cpuCores, 4);
  assert.equal(sweep.machine?.memoryBytes, 8_000_000_000);
  assert.equal(sweep.machine?.bootId, undefined, "an engine over TCP is not known to be on this machine");
  assert.equal(sweep.engineFailed, false);
});

test("stopped containers are there where they are wanted, without numbers", async () => {
  const { sampler } = build({ containers: [stopped("b")], options: { stoppedContainers: true } });
  const [sample] = (await sampler.newest({ maxAgeMs: 0 })).containers;
  assert.equal(sample?.identity.name, "b");
  assert.equal(sample?.state.running, false);
  assert.equal(sample?.cpu, undefined);
});

test("an engine that can't be listed gives a sweep that says so, with no container in it", async () => {
  const { sampler, families } = build({ listError: new EngineError("gone", { kind: "unreachable" }) });
  const sweep = await sampler.newest({ maxAgeMs: 0 });
  assert.deepEqual(sweep.containers, []);
  assert.equal(sweep.engineFailed, true);
  assert.equal(families().get("tallyman_engine_up"), 0);
});

test("a sweep after a failed one starts from what the engine says then", async () => {
  const setup = build({ containers: [running("a")] });
  setup.fail(new EngineError("gone", { kind: "unreachable" }));
  assert.equal((await setup.sampler.newest({ maxAgeMs: 0 })).engineFailed, true);
  setup.fail(undefined);
  assert.equal((await setup.sampler.newest({ maxAgeMs: -1 })).containers.length, 1);
  assert.equal(setup.families().get("tallyman_engine_up"), 1);
});

test("a clock that is set back does not send the sweeps' time backwards", async () => {
  let nowMs = 1_000_000;
  const { sampler } = build({ containers: [], nowMs: () => nowMs });
  const first = await sampler.newest({ maxAgeMs: -1 });
  nowMs -= 500_000;
  const second = await sampler.newest({ maxAgeMs: 0 });
  assert.ok(second.atMs > first.atMs);
});

test("a clock that was days ahead and is set right is followed", async () => {
  let nowMs = 1_000_000_000;
  const { sampler } = build({ containers: [], nowMs: () => nowMs });
  await sampler.newest({ maxAgeMs: -1 });
  nowMs -= 3 * 86_400_000;
  assert.ok(Math.abs((await sampler.newest({ maxAgeMs: -1 })).atMs - nowMs) < 1000);
});

test("a clock that jumps either way hands out no old sweep as a fresh one, nor a fresh one as old", async () => {
  let nowMs = 1_000_000_000;
  let atMs = 0;
  const { sampler, lists } = build({ containers: [], nowMs: () => nowMs, monotonicMs: () => atMs });
  await sampler.newest({ maxAgeMs: 5_000 });
  nowMs += 86_400_000;
  await sampler.newest({ maxAgeMs: 5_000 });
  assert.equal(lists(), 1);
  nowMs -= 2 * 86_400_000;
  atMs += 6_000;
  await sampler.newest({ maxAgeMs: 5_000 });
  assert.equal(lists(), 2);
});

test("what inspect says is worked out once, so that identities stay the same objects", async () => {
  const { sampler } = build({ containers: [running("a")] });
  const first = await sampler.newest({ maxAgeMs: -1 });
  const second = await sampler.newest({ maxAgeMs: -1 });
  assert.notEqual(first, second);
  assert.equal(first.containers[0]?.identity, second.containers[0]?.identity);
});

test("a sweep tells how it went, failures counted from the sampler's beginning", async () => {
  const lost = new EngineError("gone", { kind: "unreachable" });
  const { sampler, fail } = build({ containers: [running("a"), stopped("b")], options: { stoppedContainers: true } });
  const { reading } = await sampler.newest({ maxAgeMs: 0 });
  assert.deepEqual([reading?.containersRead, reading?.failedLists, reading?.failedContainers], [1, 0, 0]);
  assert.ok(reading !== undefined && reading.durationSeconds > 0);
  fail(lost);
  await sampler.newest({ maxAgeMs: 0 });
  const later = await sampler.newest({ maxAgeMs: 0 });
  assert.deepEqual([later.reading?.containersRead, later.reading?.failedLists], [0, 2]);
  assert.equal(later.reading?.countedSinceSeconds, reading.countedSinceSeconds);
});

interface Setup {
  readonly containers?: readonly Container[];
  readonly listError?: EngineError;
  readonly nowMs?: () => number;
  readonly monotonicMs?: () => number;
  readonly options?: Partial<SamplerOptions>;
}

function build({ containers = [], listError, nowMs, monotonicMs, options }: Setup) {
  let lists = 0;
  let error: EngineError | undefined = listError;
  const inventory: Inventory = {
    start() {},
    stop() {},
    onChange: () => () => undefined,
    listedIds: undefined,
    container: async () => undefined,
    async containers() {
      lists++;
      if (error !== undefined) throw error;
      return containers;
    },
  };
  const engine = {
    facts: FACTS,
    async containerStats(id: string) {
      return { id, read: "2026-11-21T04:38:31.333518124Z", cpu_stats: { cpu_usage: { total_usage: 5e9 } } };
    },
  } as unknown as Engine;
  const tally = createTally({ startedAtMs: 0 });
  const parts: SamplerParts = {
    engine,
    inventory,
    telemetry: { log: SILENT_LOG, tally },
    options: { ...OPTIONS, ...options },
    ...(nowMs !== undefined && { nowMs }),
    ...(monotonicMs !== undefined && { monotonicMs }),
  };
  return {
    sampler: createSampler(parts),
    lists: () => lists,
    fail: (next: EngineError | undefined) => {
      error = next;
    },
    families: () =>
      new Map(tally.families(1).map((family) => [family.descriptor.name, family.dataPoints[0]?.value] as const)),
  };
}

function running(name: string): Container {
  return container(name, { Status: "running", Running: true, StartedAt: "2026-11-21T03:52:40.779350937Z" });
}

function stopped(name: string): Container {
  return container(name, { Status: "exited", Running: false, ExitCode: 3 });
}

function container(name: string, state: NonNullable<Container["inspect"]["State"]>): Container {
  const Id = name.padEnd(64, "0");
  return {
    summary: { Id, Names: [`/${name}`], State: state.Status as string },
    inspect: { Id, Name: `/${name}`, State: state },
    oomEvents: 0,
  };
}
