import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { type Child, startChild } from "../../support/child.ts";
import type { PumpProgramOptions } from "./pump-program.ts";

const PROGRAM = join(import.meta.dirname, "pump-program.ts");

/** The pump in a process of its own, which is killed and started again. */
export interface Victim {
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

export function createVictim({ address }: SimulatedEngine, folder: string): Victim {
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
    const ended = await ending.end(signal, 60_000);
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
      await started.ready(() => started.stdout.includes("pumping"), 120_000);
    },
    startSoon,
    kill: () => end("SIGKILL"),
    end: () => end("SIGTERM"),
    fillDisk: () => writeFileSync(fullMark, ""),
    freeDisk: () => rmSync(fullMark, { force: true }),
  };
}
