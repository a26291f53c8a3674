import { type Environment, type Findings, noFindings } from "../findings.ts";
import type { Setting } from "../table.ts";
import { valueFromText } from "./text-values.ts";

/** Variables of the "metrics and logs collector" for the logs of containers, which mean the same here. */
export const COLLECTOR_VARIABLES: readonly { name: string; path: string }[] = [
  { name: "LOGS_DIR", path: "logs.dir" },
  { name: "LOGS_CONTAINER_MAX_FILE_SIZE", path: "logs.maxFileSize" },
  { name: "LOGS_CONTAINER_MAX_FILES", path: "logs.maxFiles" },
  { name: "LOG_LEVELS_MAPPING_PATH", path: "logs.levels" },
];

export function readCollectorVariables(env: Environment, table: readonly Setting[]): Findings {
  const findings = noFindings();
  for (const { name, path } of COLLECTOR_VARIABLES) {
    const text = env[name];
    const setting = table.find((one) => one.path === path);
    if (!text?.trim() || setting === undefined) continue;
    const value = valueFromText(setting.kind, text);
    findings.given.push({ path, value, origin: { rank: "collector variable", name } });
  }
  return findings;
}
