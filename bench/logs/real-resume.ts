import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { eventually } from "../../test/support/eventually.ts";
import { engineCpu, engineProcesses } from "../real/engine-processes.ts";
import type { Row } from "../real/table.ts";
import { DRIVERS } from "./drivers.ts";
import { texts } from "./prepared-log.ts";
import { withRealEngine } from "./real-engine.ts";
import { runPumpReader } from "./run-reader.ts";

const PRINTED_WITHIN_MS = 120_000;
const NAME = "living";
/** How far the files are behind the engine when the agent comes back. */
const BEHIND = [1, 1_000, 50_000];

/** What it costs to go on with the log of a container that has printed so many lines and still runs. */
export function measureRealResume(pumpReader: string, lines: number): Promise<Row[]> {
  return withRealEngine(async (engine, version) => {
    const title = `engine ${version}, ${lines} lines of a container that runs`;
    const rows: Row[] = [];
    for (const driven of DRIVERS)
      for (const row of await measureDriver({ engine, pumpReader, lines, driven: driven.options }))
        rows.push({ [title]: `${driven.name}: ${row.what}`, ...row.row });
    return rows;
  });
}

interface Stage {
  readonly engine: DockerEngine;
  readonly pumpReader: string;
  readonly lines: number;
  readonly driven: readonly string[];
}

async function measureDriver({ engine, pumpReader, lines, driven }: Stage): Promise<{ what: string; row: Row }[]> {
  const folder = dirname(engine.socketPath);
  const logs = join(folder, "logs");
  const print = (count: number) => `yes "$(printf '%s\\n' "$@")" | head -n ${count}`;
  const shell = (script: string) => ["sh", "-c", script, "sh", ...texts];
  const program = shell(`${print(lines)}; touch /printed; exec sleep 1000000`);
  await engine.docker("run", "-d", "--name", NAME, ...driven, "bb", ...program);
  await eventually(() => isThere(engine, "/printed"), { withinMs: PRINTED_WITHIN_MS, everyMs: 500 });

  async function read(count: number): Promise<Row> {
    const processes = engineProcesses(folder);
    const before = engineCpu(processes).daemonsMs;
    const reading = await runPumpReader(pumpReader, engine.socketPath, logs, `--until=${count}`, NAME);
    return {
      "wall s": reading.wallMs / 1000,
      "reader CPU s": reading.cpuMs / 1000,
      "engine CPU s": (engineCpu(processes).daemonsMs - before) / 1000,
      "lines taken": reading.lines,
    };
  }

  const measured = [{ what: "pump, from the beginning", row: await read(lines) }];
  for (const count of BEHIND) {
    await engine.docker("exec", NAME, ...shell(`(${print(count)}) >/proc/1/fd/1`));
    measured.push({ what: `pump, again: ${count} behind`, row: await read(count) });
  }
  await engine.docker("rm", "-f", NAME);
  rmSync(logs, { recursive: true });
  return measured;
}

function isThere(engine: DockerEngine, path: string): Promise<boolean> {
  return engine.docker("exec", NAME, "test", "-e", path).then(
    () => true,
    () => false,
  );
}
