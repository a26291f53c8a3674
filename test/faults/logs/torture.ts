import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type SimulatedEngine,
  type SimulatedEngineOptions,
  startSimulatedEngine,
} from "../../../src/demo/engine/simulated-engine.ts";
import { type Child, startChild } from "../../support/child.ts";
import { eventually } from "../../support/eventually.ts";
import { oneOf, seeded } from "../../support/seeded.ts";
import { keptLines } from "./kept-lines.ts";
import { createPrinter, type Printer } from "./printer.ts";
import type { PumpProgramOptions } from "./pump-program.ts";

const PROGRAM = join(import.meta.dirname, "pump-program.ts");
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
  const rotates = random() < 0.5 && !isPodman;
  const print = (name: string): Printer => {
    const tty = name === "tty";
    // Of a terminal, 20.10's `local` driver tells two lines as one where the first was longer than a piece.
    const logDriver = tty ? (drivers[0] as string) : oneOf(drivers, random);
    return createPrinter({ engine, name, tty, logDriver, logOptions: rotates ? ROTATING : {}, random });
  };
  const printers = ["one", "two", "tty"].map(print);
  const gone: Printer[] = [];
  // By whole seconds, a time that comes again can't be told from the first.
  const mishaps = isPodman ? MISHAPS : [...MISHAPS, clockSet];
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
    await allIsKept(pump, printers);
    await removeWhileFollowed(engine, pump.dir, printers[0] as Printer);
    await allIsKept(pump, printers);
    await pump.end();
    const all = [...printers, ...gone];
    for (const { id, expected } of all) assert.deepEqual(shortened(keptLines(pump.dir, id)), shortened(expected));
    assert.deepEqual(engine.violations, []);
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
  /** Those that were removed, of which all must be kept. */
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
  async function lastedAMoment({ engine, pump, gone, print, step }) {
    engine.faults.clear();
    pump.freeDisk();
    const quick = print(`quick-${step}`);
    await removeWhileFollowed(engine, pump.dir, quick);
    gone.push(quick);
    await allIsKept(pump, [quick]);
  },
  async function madeAnew({ engine, pump, printers, gone, print, printer }) {
    engine.faults.clear();
    pump.freeDisk();
    if (!isUp(engine, printer)) printer.startRun();
    const { name } = engine.containers.get(printer.id);
    await removeWhileFollowed(engine, pump.dir, printer);
    printers[printers.indexOf(printer)] = print(name);
    gone.push(printer);
    await allIsKept(pump, [printer]);
  },
];

/** What it says next may seem older than what it said before. */
function clockSet({ engine, random }: Mishap) {
  engine.jumpClock(Math.floor((random() - 0.6) * 20_000));
}

/** Small files, of which none is ever removed. */
const ROTATING = { "max-size": "20k", "max-file": "10000" };

function isUp({ containers }: SimulatedEngine, { id }: Printer): boolean {
  return containers.get(id).status === "running";
}

function allIsWellAgain(engine: SimulatedEngine, pump: Victim) {
  engine.faults.clear();
  pump.freeDisk();
  for (const container of engine.containers.all()) engine.containers.start(container.id);
}

/** One that is followed at the head when it goes: of the others, `docker rm` takes what was not read. */
async function removeWhileFollowed({ logStreams, requests }: SimulatedEngine, dir: string, printer: Printer) {
  const readings = () => requests.count(`/containers/${printer.id}/logs`);
  await eventually(
    async () => {
      const before = readings();
      if (!logStreams.isFollowed(printer.id)) return false;
      printer.printSome(1);
      await eventually(() => isAllKept(dir, printer));
      // Where files are small, each line is read by itself.
      if (printer.isRotating) return true;
      // What was printed came by the reading that was open: it searches no longer for where it left off.
      return readings() === before;
    },
    { withinMs: 30_000 },
  );
  printer.printSome(500);
  // What a follow passes over is gone with the container.
  if (printer.isRotating) await eventually(() => isAllKept(dir, printer), { withinMs: 30_000 });
  else printer.printUnended();
  printer.endRun("remove");
}

/** Or will not be, which the comparison then shows. */
async function allIsKept({ dir }: Victim, printers: readonly Printer[]) {
  const isKept = () => printers.every((printer) => isAllKept(dir, printer));
  await eventually(isKept, { withinMs: 20_000, everyMs: 50 }).catch(() => {});
}

function isAllKept(dir: string, { id, expected }: Printer): boolean {
  const kept = keptLines(dir, id);
  return kept.stdout.length >= expected.stdout.length && kept.stderr.length >= expected.stderr.length;
}

/** So that a difference can be read. */
function shortened(lines: Record<"stdout" | "stderr", string[]>) {
  const short = (line: string) => (line.length > 60 ? `${line.slice(0, 40)}… ${line.length} characters` : line);
  return { stdout: lines.stdout.map(short), stderr: lines.stderr.map(short) };
}

interface Victim {
  readonly dir: string;
  readonly kills: number;
  readonly said: readonly string[];
  start(): Promise<void>;
  startSoon(): void;
  kill(): Promise<void>;
  end(): Promise<void>;
  fillDisk(): void;
  freeDisk(): void;
}

function createVictim({ address }: SimulatedEngine, folder: string): Victim {
  const dir = join(folder, "logs");
  const fullMark = join(folder, "full");
  const options: PumpProgramOptions = { address, dir, fullMark, maxFileBytes: 100_000, maxLineBytes: 40_000 };
  const said: string[] = [];
  let child: Child | undefined;
  let kills = 0;

  function startSoon() {
    child = startChild({
      name: "the pump",
      command: [process.execPath, PROGRAM, JSON.stringify(options)],
      env: { NODE_COMPILE_CACHE: join(tmpdir(), "tallyman-tests-compile-cache") },
    });
  }

  async function end(signal: NodeJS.Signals) {
    const ending = child;
    child = undefined;
    if (!ending) return;
    const ended = await ending.end(signal, 10_000);
    said.push(...ending.stdout, ...ending.stderr);
    if (signal === "SIGKILL") kills++;
    else assert.deepEqual({ code: ended.code, stderr: ending.stderr }, { code: 0, stderr: [] });
  }

  return {
    dir,
    get kills() {
      return kills;
    },
    get said() {
      return [...said, ...(child?.stdout ?? []), ...(child?.stderr ?? [])];
    },
    async start() {
      startSoon();
      const started = child as Child;
      await started.ready(() => started.stdout.includes("pumping"), 30_000);
    },
    startSoon,
    kill: () => end("SIGKILL"),
    end: () => end("SIGTERM"),
    fillDisk: () => writeFileSync(fullMark, ""),
    freeDisk: () => rmSync(fullMark, { force: true }),
  };
}
