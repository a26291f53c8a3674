import { readFileSync } from "node:fs";
import type { LevelRules } from "../logs/levels/level-rules.ts";
import { parseLevelRules } from "../logs/levels/parse-level-rules.ts";
import type { LoadedSettings } from "../settings/load.ts";

/** The rules of the file that `logs.levels` names, or what is wrong with it. */
export function readLevelRules({ settings, origins }: LoadedSettings): ReturnType<typeof parseLevelRules> {
  const path = settings.logs.levels;
  if (path === undefined) return { rules: NO_RULES };
  try {
    return parseLevelRules(readFileSync(path, "utf8"), path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { problems: [`${path}: logs.levels (${origins.get("logs.levels")}) can't be read: ${code ?? message}.`] };
  }
}

/** As wrong settings are told: all at once, with exit code 2. */
export function refuse(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`tallyman: ${problem}\n`);
  return 2;
}

const NO_RULES: LevelRules = { rules: [] };
