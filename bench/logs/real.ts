import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { eventually } from "../../test/support/eventually.ts";
import { engineCpu, engineProcesses } from "../real/engine-processes.ts";
import type { Row } from "../real/table.ts";
import { DRIVERS } from "./drivers.ts";
import { texts } from "./prepared-log.ts";
import { withRealEngine } from "./real-engine.ts";
import { type Reading, runBareReader, runPumpReader } from "./run-reader.ts";

const exec = promisify(execFile);
const PRINTED_WITHIN_MS = 240_000;
/** One of these alone swings by a tenth. */
const ROUNDS = 3;

interface Stage {
  readonly engine: DockerEngine;
  readonly folder: string;
  readonly pumpReader: string;
  readonly lines: number;
}

/** One container that printed all and ended, read in each way, in turns; and one that is followed while it prints. */
export function measureReal(pumpReader: string, lines: number): Promise<Row[]> {
  return withRealEngine(async (engine, version) => {
    const stage = { engine, folder: dirname(engine.socketPath), pumpReader, lines };
    const title = `engine ${version}, ${lines} lines`;
    const rows: Row[] = [];
    for (const driven of DRIVERS)
      for (const row of await measureDriver(stage, driven.options))
        rows.push({ [title]: `${driven.name}: ${row.what}`, ...row.row });
    return rows;
  });
}

interface Once {
  readonly reading: Partial<Reading>;
  readonly wallMs: number;
  readonly daemonsMs: number;
}

interface Round {
  readonly bare: Once;
  readonly pump: Once;
}

interface Measured {
  readonly what: string;
  readonly row: Row;
}

async function measureDriver(stage: Stage, driven: readonly string[]): Promise<Measured[]> {
  const { engine, folder, pumpReader, lines } = stage;
  const { socketPath } = engine;
  const measured: Measured[] = [];
  const logs = join(folder, "logs");
  const bareFile = join(folder, "bare");

  async function once(work: () => Promise<Partial<Reading> | undefined>): Promise<Once> {
    const processes = engineProcesses(folder);
    const before = engineCpu(processes);
    const startedAtMs = performance.now();
    const reading = (await work()) ?? {};
    const wallMs = reading.wallMs ?? performance.now() - startedAtMs;
    return { reading, wallMs, daemonsMs: engineCpu(processes).daemonsMs - before.daemonsMs };
  }

  function add(what: string, { reading, wallMs, daemonsMs }: Once, bare?: Once) {
    measured.push({
      what,
      row: {
        "wall s": wallMs / 1000,
        "thousand lines/s": lines / wallMs,
        "% of the bare socket's": bare && (bare.wallMs / wallMs) * 100,
        "reader CPU s": reading.cpuMs && reading.cpuMs / 1000,
        "engine CPU s": daemonsMs / 1000,
        "lines taken": reading.lines,
        "lines a batch": reading.lines && reading.batches && reading.lines / reading.batches,
        "peak RSS MB": reading.peakRssMb,
      },
    });
  }

  /** Of some rounds the one in which the pump's share of the bare socket's rate was the middle one. */
  async function middle(round: () => Promise<Round>): Promise<Round> {
    const rounds: Round[] = [];
    while (rounds.length < ROUNDS) rounds.push(await round());
    const share = ({ bare, pump }: Round) => bare.wallMs / pump.wallMs;
    return rounds.sort((one, other) => share(one) - share(other))[Math.floor(ROUNDS / 2)] as Round;
  }

  const pumpPrinted = () => once(() => runPumpReader(pumpReader, socketPath, logs, "printed"));
  add("printed, nobody reads", await once(() => print(stage, "printed", driven)));
  const there = await middle(async () => {
    rmSync(logs, { recursive: true, force: true });
    const bare = await once(() => runBareReader(socketPath, "printed", bareFile));
    return { bare, pump: await pumpPrinted() };
  });
  add("bare socket to a file", there.bare);
  add("docker logs to /dev/null", await once(() => dockerLogs(engine.address, "printed")), there.bare);
  add("pump", there.pump, there.bare);
  add("pump, again: nothing new", await pumpPrinted());

  async function whilePrinting(read: () => Promise<Reading>): Promise<Once> {
    const reading = await once(async () => {
      await start(stage, "printing", driven);
      return read();
    });
    await engine.docker("rm", "-f", "printing");
    return reading;
  }
  const printing = await middle(async () => {
    rmSync(logs, { recursive: true, force: true });
    const bare = await whilePrinting(() => runBareReader(socketPath, "printing", bareFile, "follow"));
    return { bare, pump: await whilePrinting(() => runPumpReader(pumpReader, socketPath, logs, "printing")) };
  });
  add("bare socket, while it prints", printing.bare);
  add("pump, while it prints", printing.pump, printing.bare);
  await engine.docker("rm", "-f", "printed");
  rmSync(logs, { recursive: true });
  rmSync(bareFile);
  return measured;
}

async function print(stage: Stage, name: string, driven: readonly string[]): Promise<undefined> {
  await start(stage, name, driven);
  const hasEnded = async () => (await stage.engine.client.inspect(name)).State?.Running === false;
  await eventually(hasEnded, { withinMs: PRINTED_WITHIN_MS, everyMs: 200 });
}

async function start({ engine, lines }: Stage, name: string, driven: readonly string[]) {
  const script = `yes "$(printf '%s\\n' "$@")" | head -n ${lines}`;
  await engine.docker("run", "-d", "--name", name, ...driven, "bb", "sh", "-c", script, "sh", ...texts);
}

/** Its own CPU time by the shell's word for that of its children. */
async function dockerLogs(address: string, container: string): Promise<Partial<Reading>> {
  const script = `docker -H ${address} logs -t ${container} >/dev/null 2>&1; times`;
  const { stdout } = await exec("sh", ["-c", script]);
  const times = [...(stdout.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  return {
    cpuMs: times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0),
  };
}
