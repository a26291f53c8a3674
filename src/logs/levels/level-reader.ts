import type { LogStream } from "../log-line.ts";
import { isAtLeast, type Level } from "./level.ts";
import type { LevelContainer, LevelRule, LevelRules } from "./level-rules.ts";
import { lineLevel } from "./line-level.ts";
import { lineText } from "./patterns.ts";

/** The level of a line, or part of one, of the container. */
export type LineLevel = (line: Buffer, stream: LogStream) => Level;

/** That a line came by stderr says nothing of its level: many programs write all of theirs there. */
export function createLevelReader(rules: LevelRules = { rules: [] }): (container: LevelContainer) => LineLevel {
  return (container) => {
    const rule = rules.rules.find((one) => one.chooses(container));
    return rule === undefined ? (line) => lineLevel(line) ?? "unknown" : readerOf(rule);
  };
}

function readerOf({ levels, ignore, readsForms, defaults }: LevelRule): LineLevel {
  const asksText = levels.length > 0 || ignore !== undefined;
  return (line, stream) => {
    const text = asksText ? lineText(line) : "";
    const level = levels.find(({ fits }) => fits(text))?.level ?? told(line) ?? defaults[stream];
    return ignore !== undefined && isAtLeast(level, ignore.from) && ignore.fits(text) ? "info" : level;
  };

  function told(line: Buffer): Level | undefined {
    const level = readsForms ? lineLevel(line) : undefined;
    return level === "unknown" ? undefined : level;
  }
}
