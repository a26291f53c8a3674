import type { ContainerSample, SweepSample } from "../sample/container-sample.ts";
import { ratesBetween } from "../sample/rates.ts";

export interface DemoView {
  /** What was found, where it is pushed, what arrived: a line each. */
  readonly facts: readonly string[];
  readonly sweep: SweepSample | undefined;
  /** The sweep before, which rates are worked out against. */
  readonly previous: SweepSample | undefined;
}

const COLUMNS = ["CONTAINER", "STATE", "CPU", "MEMORY", "LIMIT", "NET IN/S", "NET OUT/S", "THREADS", "HEALTH"] as const;

/** The demo's page: facts, then a table of the containers, cut to `rows` lines and `columns` characters. */
export function demoPage(view: DemoView, { rows, columns }: { rows: number; columns: number }): string[] {
  const facts = view.facts.flatMap((line) => wrapped(line, columns));
  const lines = [...facts, "", ...table(view)];
  const shown = lines.length > rows ? [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more`] : lines;
  return shown.map((line) => line.slice(0, columns));
}

const INDENT = " ".repeat(10);

/** A fact that is too long goes on under its own text; a table's line would only be torn by that. */
function wrapped(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const space = line.lastIndexOf(" ", columns);
  const end = space > INDENT.length ? space : Math.max(columns, INDENT.length + 1);
  return [line.slice(0, end), ...wrapped(`${INDENT}${line.slice(end).trimStart()}`, columns)];
}

function table({ sweep, previous }: DemoView): string[] {
  if (sweep === undefined) return ["waiting for the first sweep"];
  if (sweep.containers.length === 0) return ["no containers: start one, and it is here within a push"];
  const before = new Map(previous?.containers.map((sample) => [sample.identity.containerId, sample]));
  const cells = sweep.containers.map((sample) => row(sample, before.get(sample.identity.containerId)));
  const widths = COLUMNS.map((title, i) => Math.max(title.length, ...cells.map((line) => (line[i] ?? "").length)));
  return [COLUMNS, ...cells].map((line) =>
    line
      .map((text, i) => (i < 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

function row(sample: ContainerSample, before: ContainerSample | undefined): string[] {
  const { cpuCores, receiveBytes, transmitBytes } = ratesBetween(before, sample);
  const limit = sample.spec.memoryLimitBytes;
  return [
    sample.identity.name,
    sample.state.paused ? "paused" : sample.state.status,
    cpuCores === undefined ? "" : `${(cpuCores * 100).toFixed(1)}%`,
    bytesText(sample.memory?.usageBytes),
    limit === undefined || limit === 0 ? "" : bytesText(limit),
    bytesText(receiveBytes),
    bytesText(transmitBytes),
    sample.tasks?.threads === undefined ? "" : String(sample.tasks.threads),
    sample.state.health === undefined || sample.state.health === "none" ? "" : sample.state.health,
  ];
}

function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
