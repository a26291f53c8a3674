import type { LevelRule } from "./level-rules.ts";
import { anyOf, refusedPattern } from "./patterns.ts";
import type { Fields, Path, Shape } from "./shape.ts";

export function isCollectorMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("default_mapping" in value || "mappings" in value);
}

/**
 * The mapping file of the "metrics and logs collector", with its meaning: case-sensitive parts of lines; the first mapping
 * one of whose keywords is part of the container's name, else the default one; error before warning; an error that is to be
 * ignored is info, as is every other line.
 */
export function collectorRules(value: unknown, shape: Shape): LevelRule[] {
  const { mappings = [], default_mapping: standard } = shape.object(value, [], ["default_mapping", "mappings"]) ?? {};
  const rules = shape.list(mappings, ["mappings"]).map((mapping, i) => {
    const at = ["mappings", i];
    const fields = shape.object(mapping, at, [...KEYWORDS, "container_keywords"]) ?? {};
    const names = wordsOf(fields.container_keywords, [...at, "container_keywords"], shape);
    return ruleOf(fields, at, shape, (name) => names.some((part) => name.includes(part)));
  });
  const fields = standard === undefined ? {} : (shape.object(standard, ["default_mapping"], KEYWORDS) ?? {});
  return [...rules, ruleOf(fields, ["default_mapping"], shape, () => true)];
}

const KEYWORDS = ["error_keywords", "warning_keywords", "messages_to_ignore_errors"];

function ruleOf(fields: Fields, at: Path, shape: Shape, choosesName: (name: string) => boolean): LevelRule {
  const [errors, warnings, ignored] = KEYWORDS.map((key) => wordsOf(fields[key] ?? [], [...at, key], shape));
  return {
    chooses: ({ name }) => choosesName(name),
    levels: [
      { level: "error", fits: anyOf(errors ?? []) },
      { level: "warning", fits: anyOf(warnings ?? []) },
    ],
    readsForms: false,
    ignore: { from: "error", fits: anyOf(ignored ?? []) },
    defaults: { stdout: "info", stderr: "info" },
  };
}

function wordsOf(value: unknown, at: Path, shape: Shape): string[] {
  const words: string[] = [];
  for (const [i, word] of shape.list(value, at).entries()) {
    const refused = typeof word === "string" ? refusedPattern(word) : "expected a text";
    if (refused !== undefined) shape.refuse([...at, i], refused);
    else words.push(word as string);
  }
  return words;
}
