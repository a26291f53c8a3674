import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../../test/support/child.ts";
import type { Row } from "../real/table.ts";
import { type Reading, runBareReader, runPumpReader } from "./run-reader.ts";

interface Replay {
  readonly folder: string;
  readonly pumpReader: string;
  readonly lines: number;
  readonly containers: number;
}

/** The lines divided among the containers, from an engine that gives them as fast as they are taken. */
export async function measureReplay({ folder, pumpReader, lines, containers }: Replay): Promise<Row[]> {
  const socketPath = join(folder, `replay-${containers}.sock`);
  const ids = Array.from({ length: containers }, (_, i) => (i + 1).toString(16).padStart(12, "0").padEnd(64, "0"));
  const engine = await startReplayEngine(socketPath, lines / containers);
  try {
    const title = `${lines} lines of ${containers} container${containers > 1 ? "s" : ""}, replayed`;
    const bare = containers === 1 ? await runBareReader(socketPath, ids[0] ?? "", join(folder, "bare")) : undefined;
    const logs = join(folder, "replayed");
    const pumped = await runPumpReader(pumpReader, socketPath, logs, ...ids);
    rmSync(logs, { recursive: true });
    return [...(bare ? [row(title, "bare socket to a file", bare, lines)] : []), row(title, "pump", pumped, lines)];
  } finally {
    await engine.end("SIGTERM", 1_000);
  }
}

function row(title: string, reader: string, reading: Reading, lines: number): Row {
  return {
    [title]: reader,
    "CPU s": reading.cpuMs / 1000,
    "thousand lines a CPU second": lines / reading.cpuMs,
    "wall s": reading.wallMs / 1000,
    "lines a batch": reading.batches && lines / reading.batches,
    "peak RSS MB": reading.peakRssMb,
  };
}

async function startReplayEngine(socketPath: string, lines: number): Promise<Child> {
  const script = join(import.meta.dirname, "replay-engine.ts");
  const engine = startChild({ name: "replay engine", command: [process.execPath, script, socketPath, String(lines)] });
  await engine.ready(() => engine.stdout.includes("listening"), 60_000);
  return engine;
}
