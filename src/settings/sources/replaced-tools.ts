import { type Environment, type Findings, noFindings } from "../findings.ts";
import type { Setting } from "../table.ts";
import { valueFromText } from "./text-values.ts";

/** A variable of a tool that Tallyman replaces, which means the same here. */
export interface ReplacedVariable {
  readonly name: string;
  readonly path: string;
  /** Where a text means something else than in the setting's own variable. */
  readonly read?: (text: string) => unknown;
  readonly expected?: string;
  /** Giving it, one replaces that tool: what it had is then on, wherever no setting says otherwise. */
  readonly turnsOn?: true;
}

export interface ReplacedTool {
  readonly title: string;
  readonly variables: readonly ReplacedVariable[];
  /** By setting. */
  readonly had: Readonly<Record<string, unknown>>;
}

const SECONDS = { read: asSeconds, expected: "a whole number of seconds" };
const PORT = { read: asPort, expected: "a port's number" };
const ON = { turnsOn: true } as const;

/**
 * In the order in which docs/replacing.md tells of them. Their variables and defaults: the exporter's README and exporter.py
 * (v1.0.0); BinaryIgor/code-examples, metrics-and-logs-collector, src/collector.py and logs_exporter.py at 8ea422e.
 */
export const REPLACED_TOOLS: readonly ReplacedTool[] = [
  {
    title: "Docker stats exporter",
    variables: [
      { name: "EXPORTER_PORT", path: "http.listen", ...PORT, ...ON },
      { name: "POLL_INTERVAL", path: "metrics.sweepInterval", ...SECONDS, ...ON },
      { name: "DOCKER_SOCKET_PATH", path: "engine.address", ...ON },
    ],
    had: { "metrics.profiles": ["stats-exporter"], "http.listen": ":8003", "metrics.sweepInterval": "15s" },
  },
  {
    title: "metrics and logs collector",
    variables: [
      { name: "METRICS_COLLECTION_INTERVAL", path: "metrics.sweepInterval", ...SECONDS, ...ON },
      { name: "LOGS_COLLECTION_INTERVAL", path: "logs.collectedAtInterval", ...SECONDS, ...ON },
      { name: "MAX_COLLECTOR_THREADS", path: "engine.concurrency", ...ON },
      { name: "LAST_METRICS_COLLECTED_AT_FILE", path: "metrics.collectedAtFile", ...ON },
      { name: "LAST_LOGS_COLLECTED_AT_FILE", path: "logs.collectedAtFile", ...ON },
      { name: "METRICS_EXPORTER_PORT", path: "http.listen", ...PORT, ...ON },
      { name: "MACHINE_NAME", path: "metrics.machine" },
      { name: "LOGS_DIR", path: "logs.dir" },
      { name: "LOGS_CONTAINER_MAX_FILE_SIZE", path: "logs.maxFileSize" },
      { name: "LOGS_CONTAINER_MAX_FILES", path: "logs.maxFiles" },
      { name: "LOG_LEVELS_MAPPING_PATH", path: "logs.levels" },
    ],
    had: {
      "metrics.profiles": ["collector"],
      "http.listen": ":9103",
      "metrics.sweepInterval": "20s",
      "logs.dir": "/tmp/logs",
    },
  },
  {
    title: "metrics wrapper",
    variables: [
      { name: "WORKERS", path: "programs.workers" },
      { name: "PORT", path: "http.listen", ...PORT },
    ],
    had: {},
  },
];

export function readReplacedTools(env: Environment, table: readonly Setting[]): Findings {
  const findings = noFindings();
  const kinds = new Map(table.map(({ path, kind }) => [path, kind]));
  for (const { title, variables, had } of REPLACED_TOOLS) {
    const given = variables.filter(({ name, path }) => env[name]?.trim() && kinds.has(path));
    for (const { name, path, read, expected } of given) {
      const text = env[name] as string;
      const value = read?.(text.trim()) ?? valueFromText(kinds.get(path) as Setting["kind"], text);
      const origin = { rank: "replaced tool's variable", name } as const;
      findings.given.push({ path, value, origin, ...(expected !== undefined && { expected }) });
    }
    const first = given.find(({ turnsOn }) => turnsOn);
    if (first === undefined) continue;
    const origin = { rank: "replaced tool's default", name: `${first.name}, of the ${title}` } as const;
    for (const [path, value] of Object.entries({ ...had, ...NO_PUSH })) findings.given.push({ path, value, origin });
    findings.notes.push(
      `${first.name} is a variable of the ${title}: what that has is on too, unless settings say otherwise: ${listed(had)}. Nothing is pushed unless otlp.endpoint or otlp.enabled is given.`,
    );
  }
  return findings;
}

/** None of them pushed over OTLP; an endpoint that is given says otherwise (cross-checks-metrics.ts). */
const NO_PUSH = { "otlp.enabled": false };

function listed(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([path, value]) => `${path} ${Array.isArray(value) ? value.join(", ") : value}`)
    .join("; ");
}

function asSeconds(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) * 1000 : undefined;
}

/** These tools listen on all interfaces. */
function asPort(text: string): unknown {
  return /^\d{1,5}$/.test(text) ? `:${text}` : undefined;
}
