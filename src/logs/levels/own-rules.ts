import { glob, labelGlobs } from "../../inventory/globs.ts";
import type { LogStream } from "../log-line.ts";
import { LEVELS, type Level } from "./level.ts";
import type { LevelContainer, LevelRule } from "./level-rules.ts";
import { anyOf, type Pattern, refusedPattern } from "./patterns.ts";
import { type Path, type Shape, shown } from "./shape.ts";

const VERSION = 2;
/** The worst first: a line that fits words of two levels is the worse one. */
const WORST_FIRST = LEVELS.filter((level) => level !== "unknown").toReversed();

/**
 * `{version: 2, rules: [{match: {name, image, label}, levels: {error: ["word", {re: "…"}]}, ignore: […], default: "info"}]}`.
 * Words come before what a line tells by its form, and the default after it.
 */
export function ownRules(value: unknown, shape: Shape): LevelRule[] {
  const fields = shape.object(value, [], ["version", "rules"]);
  if (fields === undefined) return [];
  const { version, rules } = fields;
  if (version !== VERSION) shape.refuse(["version"], `expected ${VERSION}, got ${shown(version)}`);
  return shape.list(rules, ["rules"]).map((rule, i) => ruleOf(rule, ["rules", i], shape));
}

function ruleOf(value: unknown, at: Path, shape: Shape): LevelRule {
  const rule = shape.object(value, at, ["match", "levels", "ignore", "default"]) ?? {};
  const levels = shape.object(rule.levels ?? {}, [...at, "levels"], WORST_FIRST) ?? {};
  const chooses = matchOf(rule.match ?? {}, [...at, "match"], shape);
  const ignored = patternsOf(rule.ignore ?? [], [...at, "ignore"], shape);
  return {
    chooses,
    levels: WORST_FIRST.filter((level) => level in levels).map((level) => ({
      level,
      fits: anyOf(patternsOf(levels[level], [...at, "levels", level], shape)),
    })),
    readsForms: true,
    ...(ignored.length > 0 && { ignore: { from: "warning", fits: anyOf(ignored) } }),
    defaults: defaultsOf(rule.default ?? "unknown", [...at, "default"], shape),
  };
}

/** Globs, one or a list of each kind; a container must fit each kind that is given. */
function matchOf(value: unknown, at: Path, shape: Shape): (container: LevelContainer) => boolean {
  const match = shape.object(value, at, ["name", "image", "label"]) ?? {};
  const globsOf = (key: string) => {
    const given = match[key];
    if (given === undefined) return undefined;
    const path = [...at, key];
    const globs = Array.isArray(given) ? given : [given];
    return globs.map((one, i) => globOf(one, Array.isArray(given) ? [...path, i] : path, shape));
  };
  const names = globsOf("name");
  const images = globsOf("image");
  const labels = globsOf("label");
  const fitsName = names === undefined ? () => true : glob(names);
  const fitsImage = images === undefined ? () => true : glob(images);
  const fitsLabels = labels === undefined ? () => true : labelGlobs(labels);
  return (container) =>
    fitsName(container.name) && fitsImage(container.image ?? "") && fitsLabels(container.labels ?? {});
}

function globOf(value: unknown, at: Path, shape: Shape): string {
  const text = shape.text(value, at);
  if (text?.startsWith("=")) shape.refuse(at, "a label's glob begins with its name: name or name=value");
  return text === undefined || text.startsWith("=") ? "*" : text;
}

function patternsOf(value: unknown, at: Path, shape: Shape): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [i, one] of shape.list(value, at).entries()) {
    const pattern = typeof one === "string" ? one : expressionOf(one, [...at, i], shape);
    const refused = pattern === undefined ? undefined : refusedPattern(pattern);
    if (refused !== undefined) shape.refuse([...at, i], refused);
    else if (pattern !== undefined) patterns.push(pattern);
  }
  return patterns;
}

function expressionOf(value: unknown, at: Path, shape: Shape): Pattern | undefined {
  if (typeof value !== "object" || value === null) return void shape.refuse(at, EXPECTED_PATTERN + shown(value));
  const { re, ignoreCase = false } = shape.object(value, at, ["re", "ignoreCase"]) ?? {};
  if (typeof ignoreCase !== "boolean")
    shape.refuse([...at, "ignoreCase"], `expected true or false, got ${shown(ignoreCase)}`);
  else if (typeof re !== "string") shape.refuse(at, EXPECTED_PATTERN + shown(value));
  else return { re, ignoreCase };
  return undefined;
}

const EXPECTED_PATTERN = 'expected a word or {re: "…"}, got ';

/** A level, or one for each stream. */
function defaultsOf(value: unknown, at: Path, shape: Shape): Readonly<Record<LogStream, Level>> {
  if (typeof value === "string") {
    const level = levelOf(value, at, shape);
    return { stdout: level, stderr: level };
  }
  const { stdout = "unknown", stderr = "unknown" } = shape.object(value, at, ["stdout", "stderr"]) ?? {};
  return { stdout: levelOf(stdout, [...at, "stdout"], shape), stderr: levelOf(stderr, [...at, "stderr"], shape) };
}

function levelOf(value: unknown, at: Path, shape: Shape): Level {
  const level = LEVELS.find((one) => one === value);
  if (level === undefined) shape.refuse(at, `expected one of ${LEVELS.join(", ")}, got ${shown(value)}`);
  return level ?? "unknown";
}
