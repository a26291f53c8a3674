import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../src/engine/engine.ts";
import type { ContainerSample } from "../../src/sample/container-sample.ts";
import { createReadings } from "../../src/sampling/readings.ts";
import type { SampleRequest, SampleSource } from "../../src/sampling/sample-source.ts";

const PATIENCE_MS = 30;
const OPTIONS = { patienceMs: PATIENCE_MS, deadlineMs: 10 * PATIENCE_MS };

test("a container that answers gives its sample, in the order asked", async () => {
  const { source } = controlledSource({ a: "prompt", b: "prompt" });
  const { samples, failures } = await createReadings(source, OPTIONS).collect(requests("a", "b"), 8);
  assert.deepEqual(samples.map(nameOf), ["a", "b"]);
  assert.deepEqual(failures, []);
});

test("no more requests are under way at once than allowed", async () => {
  const { source, most } = controlledSource({ a: "prompt", b: "prompt", c: "prompt", d: "prompt" });
  await createReadings(source, OPTIONS).collect(requests("a", "b", "c", "d"), 2);
  assert.equal(most(), 2);
});

test("a silent container is a failure of its own, and the others keep their samples", async () => {
  const { source } = controlledSource({ a: "prompt", hung: "silent", c: "prompt" });
  const { samples, failures } = await createReadings(source, OPTIONS).collect(requests("a", "hung", "c"), 8);
  assert.deepEqual(samples.map(nameOf), ["a", "c"]);
  assert.deepEqual(
    failures.map(({ name, changed }) => ({ name, changed })),
    [{ name: "hung", changed: true }],
  );
});

test("a container known to be silent is not waited for again, nor asked a second time meanwhile", async () => {
  const { source, asked } = controlledSource({ a: "prompt", hung: "silent" });
  const readings = createReadings(source, OPTIONS);
  await readings.collect(requests("a", "hung"), 8);
  const { samples, failures } = await readings.collect(requests("a", "hung"), 8);
  assert.deepEqual(samples.map(nameOf), ["a"]);
  assert.equal(failures[0]?.changed, false);
  assert.equal(asked("hung"), 1);
  assert.equal(asked("a"), 2);
});

test("a late answer is reported by the next sweep, once, and the container is asked anew", async () => {
  const { source, answer, asked } = controlledSource({ slow: "silent" });
  const readings = createReadings(source, OPTIONS);
  await readings.collect(requests("slow"), 8);
  await answer("slow");
  const next = await readings.collect(requests("slow"), 8);
  assert.deepEqual(next.samples.map(nameOf), ["slow"]);
  assert.equal(asked("slow"), 2);
  const after = await readings.collect(requests("slow"), 8);
  assert.deepEqual(after.samples, []);
});

test("a late answer from before the container was renamed or restarted is a failure", async () => {
  const { source, answer } = controlledSource({ a: "prompt", slow: "silent" });
  const readings = createReadings(source, OPTIONS);
  await readings.collect(requests("a", "slow"), 8);
  await answer("slow");
  identities.set("slow", newIdentity("slow"));
  const { samples, failures } = await readings.collect(requests("a", "slow"), 8);
  assert.deepEqual(samples.map(nameOf), ["a"]);
  assert.match(String(failures[0]?.error), /changed before it answered/);
});

test("a container that answers promptly again is read within the sweep again", async () => {
  const { source, answer, behave, asked } = controlledSource({ slow: "silent" });
  const readings = createReadings(source, OPTIONS);
  await readings.collect(requests("slow"), 8);
  await answer("slow");
  behave("slow", "prompt");
  for (let sweep = 0; sweep < 4; sweep++) {
    const { samples } = await readings.collect(requests("slow"), 8);
    assert.deepEqual(samples.map(nameOf), ["slow"]);
  }
  assert.equal(asked("slow"), 4);
});

test("a failed request is a failure with its reason", async () => {
  const { source } = controlledSource({ a: "prompt", broken: "failing" });
  const { samples, failures } = await createReadings(source, OPTIONS).collect(requests("a", "broken"), 8);
  assert.deepEqual(samples.map(nameOf), ["a"]);
  assert.match(String(failures[0]?.error), /broken reply/);
});

test("a container that stopped between list and stats is neither a sample nor a failure", async () => {
  const { source } = controlledSource({ stopped: "nothing" });
  const { samples, failures } = await createReadings(source, OPTIONS).collect(requests("stopped"), 8);
  assert.deepEqual([samples, failures], [[], []]);
});

test("a container that was removed between list and stats is neither a sample nor a failure", async () => {
  const { source } = controlledSource({ removed: "gone" });
  const { samples, failures } = await createReadings(source, OPTIONS).collect(requests("removed"), 8);
  assert.deepEqual([samples, failures], [[], []]);
});

test("where most containers are late the engine is slow, and the sweep waits for them", async () => {
  const { source, answer, asked } = controlledSource({ a: "silent", b: "silent", c: "silent" });
  const collecting = createReadings(source, OPTIONS).collect(requests("a", "b", "c"), 8);
  await new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE_MS));
  for (const name of ["a", "b", "c"]) await answer(name);
  const { samples, failures } = await collecting;
  assert.deepEqual([samples.map(nameOf), failures], [["a", "b", "c"], []]);
  assert.equal(asked("a"), 1);
});

test("a hung engine ends the sweep at its deadline, and what was not asked by then is not asked", async () => {
  const { source, asked } = controlledSource({ a: "silent", b: "silent", c: "silent" });
  const readings = createReadings(source, { patienceMs: PATIENCE_MS, deadlineMs: 2 * PATIENCE_MS });
  const { samples, failures } = await readings.collect(requests("a", "b", "c"), 2);
  assert.deepEqual(samples, []);
  assert.equal(failures.length, 3);
  assert.equal(asked("c"), 0);
});

test("the time of a sweep is when half of the containers had answered", async () => {
  const { source } = controlledSource({ a: "prompt", b: "prompt", hung: "silent" });
  const before = performance.now();
  const { medianAnswerAt } = await createReadings(source, OPTIONS).collect(requests("a", "b", "hung"), 8);
  assert.ok(medianAnswerAt !== undefined && medianAnswerAt >= before);
  assert.ok(performance.now() - medianAnswerAt >= PATIENCE_MS / 2, "the silent one does not move it");
});

type Behaviour = "prompt" | "silent" | "failing" | "nothing" | "gone";

/** Containers that answer as told: a "silent" one keeps its request open until `answer`. */
function controlledSource(behaviours: Record<string, Behaviour>) {
  const open = new Map<string, (sample: ContainerSample) => void>();
  const counts = new Map<string, number>();
  let underWay = 0;
  let most = 0;
  const source: SampleSource = {
    async sample(request) {
      const name = request.container.summary.Id;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      most = Math.max(most, ++underWay);
      try {
        await Promise.resolve();
        switch (behaviours[name]) {
          case "silent":
            return await new Promise<ContainerSample>((resolve) => open.set(name, resolve));
          case "gone":
            throw new EngineError("no such container", { kind: "not-found" });
          case "failing":
            throw new Error("broken reply");
          case "nothing":
            return undefined;
          default:
            return sampleOf(name);
        }
      } finally {
        underWay--;
      }
    },
  };
  return {
    source,
    asked: (name: string) => counts.get(name) ?? 0,
    most: () => most,
    behave: (name: string, behaviour: Behaviour) => {
      behaviours[name] = behaviour;
    },
    async answer(name: string) {
      open.get(name)?.(sampleOf(name));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function requests(...names: string[]): SampleRequest[] {
  return names.map((name) => ({
    container: { summary: { Id: name }, inspect: { Id: name }, oomEvents: 0 },
    description: { identity: identityOf(name) } as SampleRequest["description"],
    facts: {} as SampleRequest["facts"],
    devices: () => undefined,
  }));
}

function sampleOf(name: string): ContainerSample {
  return { identity: identityOf(name), spec: {}, state: { status: "running", running: true, paused: false } };
}

const identities = new Map<string, ContainerSample["identity"]>();

/** The same object until the container changes, as the sampler has it. */
function identityOf(name: string) {
  const identity = identities.get(name) ?? newIdentity(name);
  identities.set(name, identity);
  return identity;
}

function newIdentity(name: string) {
  return { containerId: name, cgroupPath: `/docker/${name}`, name, image: "i", labels: {}, env: {} };
}

function nameOf(sample: ContainerSample) {
  return sample.identity.name;
}
