import type { SimulatedContainer } from "../../src/demo/engine/container.ts";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import type { ContainerSummary, StatsReply } from "../../src/engine/replies.ts";
import { expectedOf } from "../agent/harness/expected.ts";

/** What the engine held of a container at one moment. */
export interface Moment {
  readonly atMs: number;
  readonly name: string;
  readonly startedAtMs: number | undefined;
  readonly restartCount: number;
  readonly exitCode: number;
}

/** What it answered of its numbers, by metric and further label. */
export interface Numbers {
  readonly atMs: number;
  readonly values: Readonly<Record<string, number | undefined>>;
}

/** A sweep, from the list with which it begins to the next one. */
export interface Sweep {
  readonly atMs: number;
  /** By container id: "running", "paused" … */
  readonly listed: ReadonlyMap<string, string>;
  readonly moments: Map<string, Moment[]>;
  readonly numbers: Map<string, Numbers[]>;
}

export interface Journal {
  /** The one under way at that time, by this machine's clock. */
  sweepAt(ms: number): Sweep | undefined;
  readonly sweeps: readonly Sweep[];
}

/** Writes down, sweep by sweep, what the simulated engine truly holds and answers from now on. */
export function keepJournal(engine: SimulatedEngine): Journal {
  const sweeps: Sweep[] = [];

  function note(sweep: Sweep, container: SimulatedContainer) {
    const { id, name, startedAtMs, restartCount, exitCode } = container;
    const moments = sweep.moments.get(id) ?? [];
    moments.push({ atMs: Date.now(), name, startedAtMs, restartCount, exitCode });
    sweep.moments.set(id, moments);
  }

  function begin(body: string) {
    const entries = JSON.parse(body) as ContainerSummary[];
    const listed = new Map(entries.map(({ Id, State = "" }) => [Id, State]));
    const sweep: Sweep = { atMs: Date.now(), listed, moments: new Map(), numbers: new Map() };
    for (const container of engine.containers.all()) note(sweep, container);
    sweeps.push(sweep);
  }

  engine.onReply(({ path, status, body }) => {
    if (status !== 200) return;
    if (path === "/containers/json") return begin(body);
    const [, id = "", part] = /^\/containers\/([0-9a-f]{64})\/(json|stats)$/.exec(path) ?? [];
    const sweep = sweeps.at(-1);
    const container = engine.containers.find(id);
    if (sweep === undefined || container === undefined) return;
    note(sweep, container);
    if (part !== "stats") return;
    const numbers = sweep.numbers.get(id) ?? [];
    numbers.push({ atMs: Date.now(), values: expectedOf(JSON.parse(body) as StatsReply) });
    sweep.numbers.set(id, numbers);
  });
  return { sweeps, sweepAt: (ms) => sweeps.findLast(({ atMs }) => atMs <= ms) };
}
