import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Level } from "../../../src/logs/levels/level.ts";

export interface LevelLine {
  readonly group: string;
  readonly text: string;
  readonly level: Level | undefined;
}

/** The table of lines and the levels that they tell. */
export function levelLines(): LevelLine[] {
  const text = readFileSync(join(import.meta.dirname, "../../fixtures/logs/levels.txt"), "utf8");
  const lines: LevelLine[] = [];
  let group = "";
  for (const row of text.split("\n").slice(1)) {
    if (row.startsWith("## ")) group = row.slice(3);
    else if (row !== "") {
      const level = row.slice(0, LEVEL_WIDTH).trim();
      const line = row.slice(LEVEL_WIDTH).replaceAll("␛", "\x1b").replaceAll("␉", "\t");
      lines.push({ group, text: line, level: level === "-" ? undefined : (level as Level) });
    }
  }
  return lines;
}

const LEVEL_WIDTH = 9;
