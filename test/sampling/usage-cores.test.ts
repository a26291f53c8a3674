import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ContainerSample } from "../../src/sample/container-sample.ts";
import { createUsageCores } from "../../src/sampling/usage-cores.ts";

interface Reading {
  readonly id?: string;
  readonly atSeconds: number;
  readonly usageSeconds?: number;
  readonly startedAtSeconds?: number;
}

function sample({ id = "a", atSeconds, usageSeconds, startedAtSeconds = 1 }: Reading): ContainerSample {
  return {
    identity: { containerId: id, cgroupPath: id, name: id, image: "", labels: {}, env: {} },
    readAtMs: atSeconds * 1000,
    spec: { startedAtSeconds },
    state: { status: "running", running: true, paused: false },
    ...(usageSeconds !== undefined && { cpu: { usageSeconds } }),
  };
}

/** What one container used at each of its readings. */
function coresOf(...readings: Reading[]): (number | undefined)[] {
  const cores = createUsageCores();
  return readings.map((reading) => cores.addTo([sample(reading)])[0]?.cpu?.usageCores);
}

describe("the cores in use", () => {
  test("are the CPU time between two readings over the time between them, by the engine's clock", () => {
    const cores = coresOf(
      { atSeconds: 10, usageSeconds: 5 },
      { atSeconds: 20, usageSeconds: 10 },
      { atSeconds: 24, usageSeconds: 20 },
    );
    assert.deepEqual(cores, [undefined, 0.5, 2.5]);
  });

  test("are 0 for a container that did nothing", () => {
    assert.deepEqual(coresOf({ atSeconds: 1, usageSeconds: 5 }, { atSeconds: 2, usageSeconds: 5 }), [undefined, 0]);
  });

  test("are absent after a restart, also when the new run has used more than the old one had", () => {
    const cores = coresOf(
      { atSeconds: 10, usageSeconds: 1 },
      { atSeconds: 20, usageSeconds: 6, startedAtSeconds: 11 },
      { atSeconds: 30, usageSeconds: 7, startedAtSeconds: 11 },
    );
    assert.deepEqual(cores, [undefined, undefined, 0.1]);
  });

  test("are absent, and never negative, where the counter or the engine's clock went back", () => {
    assert.deepEqual(coresOf({ atSeconds: 1, usageSeconds: 5 }, { atSeconds: 2, usageSeconds: 4 }), [
      undefined,
      undefined,
    ]);
    assert.deepEqual(coresOf({ atSeconds: 9, usageSeconds: 5 }, { atSeconds: 2, usageSeconds: 6 }), [
      undefined,
      undefined,
    ]);
  });

  test("stay what they were for a reading that the engine gives a second time", () => {
    const cores = coresOf(
      { atSeconds: 1, usageSeconds: 1 },
      { atSeconds: 2, usageSeconds: 2 },
      { atSeconds: 2, usageSeconds: 2 },
      { atSeconds: 4, usageSeconds: 3 },
    );
    assert.deepEqual(cores, [undefined, 1, 1, 0.5]);
  });

  test("are absent where the engine tells of no CPU time", () => {
    assert.deepEqual(coresOf({ atSeconds: 1 }, { atSeconds: 2 }), [undefined, undefined]);
  });
});

test("a container that could not be read for a while goes on, one that is gone is forgotten", () => {
  const cores = createUsageCores();
  const both = (atSeconds: number) => ["a", "b"].map((id) => sample({ id, atSeconds, usageSeconds: atSeconds }));
  cores.addTo(both(1));
  cores.addTo([]);
  cores.keepOnly(new Set(["a"]));
  assert.deepEqual(
    cores.addTo(both(5)).map(({ cpu }) => cpu?.usageCores),
    [1, undefined],
  );
});
