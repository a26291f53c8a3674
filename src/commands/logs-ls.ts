import { msFromNanoTime } from "../kit/nano-time.ts";
import { type KeptContainer, keptContainers } from "../logs/kept/kept-containers.ts";
import { newestTime } from "../logs/kept/newest-line.ts";
import type { LogsList } from "../settings/logs-line.ts";
import { shortSize } from "./short-size.ts";

export async function listLogs(dir: string, { json }: LogsList): Promise<number> {
  const nowMs = Date.now();
  const rows = await Promise.all((await keptContainers(dir)).map((container) => rowOf(container, nowMs)));
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : pageOf(dir, rows));
  return 0;
}

interface Row {
  readonly name: string;
  readonly id: string;
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** Absent where nothing was written yet. */
  readonly newestLine?: string;
  /** Since its newest line, by this machine's clock. */
  readonly ageSeconds?: number;
  readonly removedAt?: string;
}

async function rowOf(container: KeptContainer, nowMs: number): Promise<Row> {
  const { name, id, folder, files, checkpoint } = container;
  const newestLine = await newestTime(container);
  const bytes = files.map((file) => file.bytes).reduce((sum, one) => sum + one, 0);
  return {
    name,
    id,
    folder,
    files: files.length,
    bytes,
    ...(newestLine !== undefined && {
      newestLine,
      ageSeconds: Math.max(0, Math.round((nowMs - msFromNanoTime(newestLine)) / 1000)),
    }),
    ...(checkpoint?.removedAtMs !== undefined && { removedAt: new Date(checkpoint.removedAtMs).toISOString() }),
  };
}

const HEAD = ["CONTAINER", "ID", "FILES", "SIZE", "NEWEST LINE", "AGE", ""];

function pageOf(dir: string, rows: readonly Row[]): string {
  if (rows.length === 0) return `No container's log is kept in ${dir}.\n`;
  const table = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => (cells[column] as string).length)));
  const lines = table.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] as number)).join("  "));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function cellsOf({ name, id, files, bytes, newestLine, ageSeconds, removedAt }: Row): string[] {
  return [
    name,
    id.slice(0, 12),
    String(files),
    shortSize(bytes),
    newestLine === undefined ? "-" : `${newestLine.slice(0, 19)}Z`,
    ageSeconds === undefined ? "-" : ageOf(ageSeconds),
    removedAt === undefined ? "" : `removed ${removedAt.slice(0, 19)}Z`,
  ];
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
