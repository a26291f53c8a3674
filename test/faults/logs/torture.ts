import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type SimulatedEngine,
  type SimulatedEngineOptions,
  startSimulatedEngine,
} from "../../../src/demo/engine/simulated-engine.ts";
import { eventually } from "../../support/eventually.ts";
import { oneOf, seeded } from "../../support/seeded.ts";
import { assertEndsAsItShould, assertIsWhatWasLeft, assertIsWhole, isAllKept, isLackTold } from "./kept-of-printers.ts";
import { createPrinter, type Printer } from "./printer.ts";
import { createVictim, type Victim } from "./victim.ts";

const STEPS = 25;

export interface TortureReport {
  readonly kills: number;
  readonly lines: number;
  readonly what: readonly string[];
}

/** Containers print while everything around the pump breaks; in the end its files hold every line once, in order. */
export async function torture(seed: number, engineOptions: SimulatedEngineOptions): Promise<TortureReport> {
  const random = seeded(seed);
  const engine = await startSimulatedEngine(engineOptions);
  const folder = mkdtempSync(join(tmpdir(), "log-torture-"));
  const pump = createVictim(engine, folder);
  const isPodman = engineOptions.flavour === "podman";
  const drivers = isPodman ? ["k8s-file"] : ["json-file", "local"];
  const logOptions = isPodman ? {} : oneOf(ROTATIONS, random);
  const print = (name: string): Printer => {
    const tty = name === "tty";
    // Of a terminal, 20.10's `local` driver tells two lines as one where the first was longer than a piece.
    const logDriver = tty ? (drivers[0] as string) : oneOf(drivers, random);
    return createPrinter({ engine, name, tty, logDriver, logOptions, random });
  };
  const printers = ["one", "two", "tty"].map(print);
  const gone: Printer[] = [];
  // By whole seconds, a time that comes again can't be told from the first; and where the driver has removed the last line
  // that is held, only times tell what is new.
  const mishaps = isPodman || logOptions === NEWEST_ONLY ? MISHAPS : [...MISHAPS, clockSet];
  const what: string[] = [];
  try {
    await pump.start();
    for (let step = 0; step < STEPS; step++) {
      for (const printer of printers) if (isUp(engine, printer)) printer.printSome(Math.floor(random() ** 3 * 200));
      const mishap = oneOf(mishaps, random);
      what.push(mishap.name);
      await mishap({ engine, pump, printers, gone, print, printer: oneOf(printers, random), random, step });
      // The moment is what is random here; whatever it meets must be right.
      await wait(random() ** 2 * 60);
    }
    allIsWellAgain(engine, pump);
    for (const printer of printers) printer.printLast();
    await allIsKept(pump, printers);
    const undisturbed = await livedUndisturbed(engine, pump, print);
    const brief = await livedBriefly(pump, print, random);
    await pump.end();
    for (const printer of printers) assertEndsAsItShould(printer, pump);
    for (const printer of [...printers, undisturbed]) if (!printer.removesOld) assertIsWhole(printer, pump);
    for (const printer of [...printers, undisturbed, ...gone, brief]) assertIsWhatWasLeft(printer, pump);
    assert.deepEqual(engine.violations, []);
    const all = [...printers, ...gone, undisturbed, brief];
    const lines = all.reduce((sum, { expected }) => sum + expected.stdout.length + expected.stderr.length, 0);
    return { kills: pump.kills, lines, what };
  } catch (cause) {
    throw new Error(`seed ${seed}: ${what.join(", ")}\n${pump.said.slice(-20).join("\n")}`, { cause });
  } finally {
    await pump.kill();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Mishap {
  readonly engine: SimulatedEngine;
  readonly pump: Victim;
  readonly printers: Printer[];
  /** Those that were removed, whatever was read of them by then. */
  readonly gone: Printer[];
  readonly print: (name: string) => Printer;
  readonly printer: Printer;
  readonly random: () => number;
  readonly step: number;
}

const MISHAPS: readonly ((mishap: Mishap) => unknown)[] = [
  async function killed({ pump, printer, engine }) {
    await pump.kill();
    if (isUp(engine, printer)) printer.printSome(50);
    await pump.start();
  },
  async function killedTwice({ pump }) {
    await pump.kill();
    pump.startSoon();
    await wait(200);
    await pump.kill();
    await pump.start();
  },
  async function killedOnFullDisk({ engine, pump, printer, random }) {
    pump.fillDisk();
    if (isUp(engine, printer)) printer.printSome(200);
    await wait(random() * 100);
    await pump.kill();
    await pump.start();
    pump.freeDisk();
  },
  async function engineCrashed({ engine, printer }) {
    await engine.down();
    if (isUp(engine, printer)) printer.printSome(100);
    await engine.up();
  },
  async function engineShutDown({ engine }) {
    engine.logStreams.end();
    await engine.down();
    await engine.up();
  },
  function cut({ engine }) {
    engine.logStreams.drop();
  },
  function endedByProxy({ engine }) {
    engine.logStreams.end();
  },
  function cutSoon({ engine, random }) {
    const afterBytes = Math.floor(random() ** 2 * 50_000);
    engine.faults.add({ path: /\/logs$/, fault: { kind: "truncate", afterBytes }, times: 2 });
    engine.logStreams.drop();
  },
  function stopped({ engine, printer, random }) {
    if (isUp(engine, printer)) printer.endRun("stop");
    if (random() < 0.7) printer.startRun();
  },
  function restarted({ engine, printer }) {
    if (isUp(engine, printer)) printer.endRun("restart");
  },
  function crashed({ engine, printer }) {
    if (isUp(engine, printer)) printer.endRun("crash");
  },
  function renamed({ engine, printer, step }) {
    engine.containers.rename(printer.id, `renamed-${step}`);
  },
  function unended({ engine, printer }) {
    if (isUp(engine, printer)) printer.printUnended();
  },
  function burst({ engine, printer }) {
    if (isUp(engine, printer)) printer.printSome(3_000);
  },
  function diskFull({ pump }) {
    pump.fillDisk();
  },
  function diskFreed({ pump }) {
    pump.freeDisk();
  },
  async function lastedAMoment({ gone, print, random, step }) {
    const quick = print(`quick-${step}`);
    quick.printSome(Math.floor(random() * 100));
    quick.printUnended();
    await wait(random() ** 2 * 60);
    quick.endRun("remove");
    gone.push(quick);
  },
  function madeAnew({ engine, printers, gone, print, printer, random }) {
    const { name } = engine.containers.get(printer.id);
    if (isUp(engine, printer)) printer.printSome(Math.floor(random() ** 2 * 2_000));
    printer.endRun("remove");
    printers[printers.indexOf(printer)] = print(name);
    gone.push(printer);
  },
];

/** What it says next may seem older than what it said before. */
function clockSet({ engine, random }: Mishap) {
  engine.jumpClock(Math.floor((random() - 0.6) * 20_000));
}

/** Small files, of which all but the last few are removed. */
const NEWEST_ONLY = { "max-size": "20k", "max-file": "3" };
/** None; small files, of which none is ever removed. */
const ROTATIONS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  { "max-size": "20k", "max-file": "10000" },
  NEWEST_ONLY,
];

function isUp({ containers }: SimulatedEngine, { id }: Printer): boolean {
  return containers.get(id).status === "running";
}

function allIsWellAgain(engine: SimulatedEngine, pump: Victim) {
  engine.faults.clear();
  pump.freeDisk();
  for (const container of engine.containers.all()) engine.containers.start(container.id);
}

/** Nothing disturbs it from its start until a moment after its end: all of it is kept, whatever comes of it then. */
async function livedUndisturbed(
  { containers }: SimulatedEngine,
  pump: Victim,
  print: (name: string) => Printer,
): Promise<Printer> {
  const printer = print("undisturbed");
  printer.printSome(300);
  printer.printUnended();
  printer.endRun("crash");
  await allIsKept(pump, [printer]);
  containers.remove(printer.id);
  return printer;
}

/** It is removed before its log can be read, or after: if what it printed is not kept, that is told. */
async function livedBriefly(pump: Victim, print: (name: string) => Printer, random: () => number): Promise<Printer> {
  const printer = print("brief");
  printer.printSome(50);
  await wait(random() ** 2 * 30);
  printer.endRun("remove");
  await eventually(() => isAllKept(pump.dir, printer) || isLackTold(printer, pump), { withinMs: 60_000, everyMs: 50 });
  return printer;
}

/** Or will not be, which the comparison then shows. */
async function allIsKept({ dir }: Victim, printers: readonly Printer[]) {
  const isKept = () => printers.every((printer) => isAllKept(dir, printer));
  await eventually(isKept, { withinMs: 60_000, everyMs: 50 }).catch(() => {});
}
