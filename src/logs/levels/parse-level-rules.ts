import JSON5 from "json5";
import { collectorRules, isCollectorMapping } from "./collector-mapping.ts";
import type { LevelRules } from "./level-rules.ts";
import { ownRules } from "./own-rules.ts";
import { placeInJson5 } from "./place-in-json5.ts";
import { createShape, type Path } from "./shape.ts";

/** Rules, or each thing that is wrong with the text as a sentence with its place: "levels.json5:3:12: …". */
export type ParsedLevelRules = { readonly rules: LevelRules } | { readonly problems: readonly string[] };

const MAX_CHARACTERS = 1024 * 1024;

/** Our own form, or the mapping file of the "metrics and logs collector"; JSON5 for both. */
export function parseLevelRules(text: string, path: string): ParsedLevelRules {
  if (text.length > MAX_CHARACTERS) return { problems: [`${path}: longer than ${MAX_CHARACTERS} characters.`] };
  let value: unknown;
  try {
    value = JSON5.parse(text);
  } catch (error) {
    return { problems: [syntaxProblem(path, error as SyntaxProblem)] };
  }
  const shape = createShape();
  const rules = isCollectorMapping(value) ? collectorRules(value, shape) : ownRules(value, shape);
  if (shape.problems.length === 0) return { rules: { rules } };
  return {
    problems: shape.problems.map(({ at, what }) => `${path}:${placeInJson5(text, at)}: ${named(at)}${what}.`),
  };
}

type SyntaxProblem = Error & { lineNumber?: number; columnNumber?: number };

function syntaxProblem(path: string, { message, lineNumber, columnNumber }: SyntaxProblem): string {
  const what = message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
  return `${path}:${lineNumber}:${columnNumber}: not JSON5: ${what}.`;
}

/** "rules[0].levels.error[2]: " */
function named(at: Path): string {
  const name = at.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  return name === "" ? "" : `${name.replace(/^\./, "")}: `;
}
