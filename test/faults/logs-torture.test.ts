import { describe, test } from "node:test";
import type { SimulatedEngineOptions } from "../../src/demo/engine/simulated-engine.ts";
import { torture } from "./logs/torture.ts";

const ENGINES: readonly (readonly [string, SimulatedEngineOptions])[] = [
  ["Engine 20.10", { engineVersion: "20.10.24" }],
  ["Engine 28.5", { engineVersion: "28.5.2" }],
  ["Podman", { flavour: "podman" }],
];

/** More of them: TALLYMAN_TORTURE_SEEDS=200. One alone: TALLYMAN_TORTURE_SEED=17. */
const SEEDS = Number(process.env.TALLYMAN_TORTURE_SEEDS ?? 20);
const ONE = Number(process.env.TALLYMAN_TORTURE_SEED ?? 0);
const seeds = ONE > 0 ? [ONE] : Array.from({ length: SEEDS }, (_, i) => i + 1);

describe("whatever is killed, cut, full or restarted, the files hold each line once", { concurrency: 4 }, () => {
  for (const seed of seeds) {
    const [name, options] = ENGINES[seed % ENGINES.length] as (typeof ENGINES)[number];
    test(`${name}, seed ${seed}`, async (t) => {
      const { kills, lines, what } = await torture(seed, options);
      t.diagnostic(`${lines} lines, ${kills} kills; ${what.join(", ")}`);
    });
  }
});
