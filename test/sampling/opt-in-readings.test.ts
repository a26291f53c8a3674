import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../src/engine/engine.ts";
import { createOptInReadings } from "../../src/sampling/opt-in-readings.ts";

test("groups that are off ask the engine nothing", async () => {
  const { engine, asked } = engineWith({});
  const readings = createOptInReadings(engine, {});
  await readings.refresh(["a"]);
  assert.deepEqual(asked, []);
  assert.equal(readings.processCount("a"), undefined);
});

test("values are absent until they were first read", async () => {
  const { engine } = engineWith({ processes: { a: 3, b: 1 }, sizes: { a: 4096 } });
  const readings = createOptInReadings(engine, { processesIntervalMs: 60_000, sizeIntervalMs: 60_000 });
  const refreshed = readings.refresh(["a", "b"]);
  assert.equal(readings.processCount("a"), undefined);
  await refreshed;
  assert.deepEqual([readings.processCount("a"), readings.processCount("b")], [3, 1]);
  assert.equal(readings.sizeRwBytes("a"), 4096);
});

test("a size that the engine leaves out is 0: before 29 it leaves out what is 0", async () => {
  const { engine } = engineWith({ sizes: { a: undefined } });
  const readings = createOptInReadings(engine, { sizeIntervalMs: 60_000 });
  await readings.refresh([]);
  assert.equal(readings.sizeRwBytes("a"), 0);
});

test("they are read at intervals of their own, not at every sweep", async () => {
  const { engine, asked } = engineWith({ processes: { a: 3 } });
  const readings = createOptInReadings(engine, { processesIntervalMs: 60_000 });
  for (let sweep = 0; sweep < 5; sweep++) await readings.refresh(["a"]);
  assert.deepEqual(asked, ["top a"]);
});

test("one container's failure leaves the others their numbers, and it has none", async () => {
  const { engine } = engineWith({ processes: { b: 1 } });
  const readings = createOptInReadings(engine, { processesIntervalMs: 60_000 });
  await readings.refresh(["a", "b"]);
  assert.deepEqual([readings.processCount("a"), readings.processCount("b")], [undefined, 1]);
});

test("numbers that could not be read again are no longer told", async () => {
  const sizes: Record<string, number> = { a: 4096 };
  const setup = engineWith({ sizes });
  const readings = createOptInReadings(setup.engine, { sizeIntervalMs: 0 });
  await readings.refresh([]);
  setup.fail();
  await readings.refresh([]);
  assert.equal(readings.sizeRwBytes("a"), undefined);
});

function engineWith(world: { processes?: Record<string, number>; sizes?: Record<string, number | undefined> }) {
  const asked: string[] = [];
  let failing = false;
  const engine = {
    async containerTop(id: string) {
      asked.push(`top ${id}`);
      const count = world.processes?.[id];
      if (count === undefined) throw new Error(`no such container ${id}`);
      return { Processes: Array.from({ length: count }, () => ["1", "sh"]) };
    },
    async listContainers() {
      asked.push("list");
      if (failing) throw new Error("away");
      return Object.entries(world.sizes ?? {}).map(([Id, SizeRw]) => ({ Id, SizeRw }));
    },
  } as unknown as Engine;
  return {
    engine,
    asked,
    fail: () => {
      failing = true;
    },
  };
}
