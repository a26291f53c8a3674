/**
 * How many lines the log files take a second and core, without what reads them: node bench/log-files.ts [folder]
 * The disk's own cost is in it; a folder in memory (/dev/shm) leaves that out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogFormat } from "../src/logs/files/line-formats.ts";
import { openLogFolder } from "../src/logs/files/log-folder.ts";
import type { LogLine } from "../src/logs/log-line.ts";
import { SILENT_LOG } from "../src/telemetry/log.ts";
import { createTally } from "../src/telemetry/tally.ts";

const LINES = 2_000_000;
const LINE_BYTES = 100;
const MIB = 1024 * 1024;

interface Round {
  readonly format: LogFormat;
  readonly containers: number;
  readonly batchLines: number;
}

const ROUNDS: Round[] = [
  { format: "cri", containers: 1, batchLines: 600 },
  { format: "json", containers: 1, batchLines: 600 },
  { format: "raw", containers: 1, batchLines: 600 },
  { format: "cri", containers: 100, batchLines: 600 },
  { format: "cri", containers: 1, batchLines: 20 },
];

for (const round of ROUNDS) {
  const { lines, cpuSeconds, wallSeconds } = await write(round);
  const perCore = Math.round(lines / cpuSeconds / 1_000);
  const text = `${round.format}, ${round.containers} containers, ${round.batchLines} lines a batch`;
  console.log(`${text}: ${perCore},000 lines/s and core, ${Math.round(lines / wallSeconds / 1_000)},000 lines/s`);
}

async function write({ format, containers, batchLines }: Round) {
  const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), "tallyman-bench-"));
  const folder = await openLogFolder({
    dir,
    format,
    maxFileBytes: 10 * MIB,
    maxFiles: 10,
    compress: false,
    fileMode: 0o640,
    folderMode: 0o750,
    telemetry: { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) },
  });
  const files = await Promise.all(
    Array.from({ length: containers }, (_, i) => folder.files({ id: hexId(i), name: `container-${i}` })),
  );
  const batch = batchOf(batchLines);
  const rounds = Math.ceil(LINES / containers / batchLines);
  const cpuBefore = process.cpuUsage();
  const beganAtMs = performance.now();
  await Promise.all(
    files.map(async (one) => {
      for (let round = 0; round < rounds; round++) await one.write(batch);
    }),
  );
  const cpu = process.cpuUsage(cpuBefore);
  const wallSeconds = (performance.now() - beganAtMs) / 1_000;
  await folder.close();
  rmSync(dir, { recursive: true });
  return { lines: rounds * batchLines * containers, cpuSeconds: (cpu.user + cpu.system) / 1e6, wallSeconds };
}

/** As they come from a stream: views of one piece of memory, and a time for each. */
function batchOf(lines: number): LogLine[] {
  const received = Buffer.alloc(lines * LINE_BYTES, "GET /index.html 200 ");
  return Array.from({ length: lines }, (_, i) => ({
    stream: "stdout",
    time: Buffer.from(`2026-11-21T05:00:00.${String(i).padStart(9, "0")}Z`).toString("latin1"),
    bytes: received.subarray(i * LINE_BYTES, (i + 1) * LINE_BYTES),
    isPart: false,
  }));
}

function hexId(number: number): string {
  return number.toString(16).padStart(64, "0").split("").reverse().join("");
}
