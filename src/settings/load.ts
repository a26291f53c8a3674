import { choose } from "./choice.ts";
import { crossCheck } from "./cross-checks.ts";
import type { Environment, Given } from "./findings.ts";
import { type Settings, settingsSchema } from "./schema.ts";
import { readContainerSpyVariables } from "./sources/containerspy.ts";
import { readDockerVariables } from "./sources/docker.ts";
import { type FileSource, readFile } from "./sources/file.ts";
import { readImageVariables } from "./sources/image.ts";
import { partSignals, readOtelEndpoints, readOtelVariables } from "./sources/opentelemetry.ts";
import { readReplacedTools } from "./sources/replaced-tools.ts";
import { readVariables } from "./sources/variables.ts";
import { type Setting, settingsTable } from "./table.ts";

export interface SettingsSources extends FileSource {
  readonly platform: NodeJS.Platform;
  /** The metrics there are, for `metrics.enable` and `metrics.disable`; absent: any name will do. */
  readonly metricNames?: readonly string[];
}

export interface LoadedSettings {
  readonly ok: true;
  readonly settings: Settings;
  /** For each setting's path where its value came from: a variable, a file, "default". */
  readonly origins: ReadonlyMap<string, string>;
  /** What is worth telling once, though nothing is wrong. */
  readonly notes: readonly string[];
  readonly file?: string;
}

export interface RefusedSettings {
  readonly ok: false;
  /** All that is wrong, a sentence or two each. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly file?: string;
}

export const DEFAULT_ORIGIN = "default";

/** Environment over file over OpenTelemetry's and Docker's own variables over defaults. */
export function loadSettings(sources: SettingsSources): LoadedSettings | RefusedSettings {
  const env = sources.platform === "win32" ? inCapitals(sources.env) : sources.env;
  const table = settingsTable();
  const { file, ...fromFile } = readFile({ ...sources, env }, table);
  const findings = [
    readVariables(env, table),
    readContainerSpyVariables(env),
    readReplacedTools(env, table),
    fromFile,
    readOtelVariables(env),
    readDockerVariables(env),
    readImageVariables(env),
  ];
  const given = findings.flatMap((found) => found.given);
  const choices = choose([...given, ...readOtelEndpoints(env, protocolsOf(given, table))], table);
  const { chosen } = choices;
  if (chosen.get("engine.address")?.origin.name !== "DOCKER_HOST") dropDockerTls(chosen);
  partSignals(chosen);
  crossCheck(choices, sources.metricNames);
  const notes = [...findings.flatMap((found) => found.notes), ...choices.notes];
  const problems = [...findings.flatMap((found) => found.problems), ...choices.problems];
  const named = file === undefined ? {} : { file };
  if (problems.length > 0) return { ok: false, problems, notes, ...named };
  return {
    ok: true,
    settings: settingsSchema.parse(nested(table, (path) => chosen.get(path)?.value)),
    origins: new Map(table.map(({ path }) => [path, chosen.get(path)?.origin.name ?? DEFAULT_ORIGIN])),
    notes,
    ...named,
  };
}

/** Windows does not tell `Tallyman_Config` from `TALLYMAN_CONFIG`. */
function inCapitals(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name.toUpperCase(), value]));
}

function protocolsOf(given: readonly Given[], table: readonly Setting[]): { metrics: unknown; logs: unknown } {
  const ofProtocol = given.filter(({ path }) => path.endsWith("otlp.protocol"));
  const { chosen } = choose(ofProtocol, table);
  partSignals(chosen);
  const metrics = chosen.get("otlp.protocol")?.value;
  return { metrics, logs: (chosen.get("logs.otlp.protocol") ?? chosen.get("otlp.protocol"))?.value };
}

/** The certificates beside DOCKER_HOST are for that engine, not for one that a setting names. */
function dropDockerTls(chosen: Map<string, { origin: { name: string } }>) {
  for (const [path, { origin }] of chosen) {
    if (origin.name === "DOCKER_CERT_PATH") chosen.delete(path);
  }
}

function nested(table: readonly Setting[], valueAt: (path: string) => unknown): object {
  const tree: Record<string, unknown> = {};
  for (const { path } of table) {
    const names = path.split(".");
    const leaf = names.pop() as string;
    let section = tree;
    for (const name of names) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    const value = valueAt(path);
    if (value !== undefined) section[leaf] = value;
  }
  return tree;
}
