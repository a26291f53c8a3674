import { type Findings, noFindings } from "../findings.ts";
import type { Setting } from "../table.ts";
import { unknownName, wrongValue } from "../wording.ts";
import { CONTAINERSPY_SETTINGS, translated } from "./containerspy.ts";

/** For editors: where the JSON Schema of the file is. */
const SCHEMA_KEY = "$schema";
const KEYS_BESIDE_SECTIONS = new Set([SCHEMA_KEY, ...CONTAINERSPY_SETTINGS.map(({ key }) => key)]);

/** Picks the settings out of a parsed file; what is none is a problem. */
export function readTree(file: string, tree: unknown, table: readonly Setting[]): Findings {
  const findings = noFindings();
  const settings = new Set(table.map(({ path }) => path));
  const sections = sectionPaths(table);
  const candidates = [...settings, ...sections, ...CONTAINERSPY_SETTINGS.map(({ key }) => key)];

  function readSection(section: object, parents: readonly string[]) {
    for (const [key, value] of Object.entries(section)) {
      const path = [...parents, key].join(".");
      if (key.includes(".")) {
        findings.problems.push(dotted(path, value));
      } else if (parents.length === 0 && KEYS_BESIDE_SECTIONS.has(key)) {
        readKeyBesideSections(key, value);
      } else if (settings.has(path)) {
        findings.given.push({ path, value, origin: { rank: "file", name: file } });
      } else if (!sections.has(path)) {
        findings.problems.push(unknownName({ name: path, origin: file, what: "setting", value, candidates }));
      } else if (isObject(value)) {
        readSection(value, [...parents, key]);
      } else {
        findings.problems.push(wrongSection(path, value));
      }
    }
  }

  function readKeyBesideSections(key: string, value: unknown) {
    const alias = CONTAINERSPY_SETTINGS.find((setting) => setting.key === key);
    // ContainerSpy's settings are options: null is "not given" there.
    if (alias === undefined || value === null) return;
    findings.given.push({ ...translated(alias, value), origin: { rank: "file", name: `${key} in ${file}` } });
  }

  function dotted(path: string, value: unknown): string {
    if (!settings.has(path)) return unknownName({ name: path, origin: file, what: "setting", value, candidates });
    const nested = path
      .split(".")
      .reduceRight((inner, name) => `${name}: ${inner === "…" ? inner : `{ ${inner} }`}`, "…");
    return `${path} (${file}): sections are nested: write ${nested}.`;
  }

  function wrongSection(path: string, value: unknown): string {
    const inside = table.filter((setting) => setting.path.startsWith(`${path}.`));
    const names = new Set(inside.map((setting) => setting.path.slice(path.length + 1).split(".")[0]));
    const expected = `an object with ${[...names].join(", ")}`;
    return wrongValue({ path, origin: file, value, expected, secret: typeof value === "string" });
  }

  if (isObject(tree)) readSection(tree, []);
  else findings.problems.push(`${file}: the settings file must hold an object: { … }.`);
  return findings;
}

function sectionPaths(table: readonly Setting[]): Set<string> {
  const paths = new Set<string>();
  for (const { path } of table) {
    const names = path.split(".");
    for (let depth = 1; depth < names.length; depth++) paths.add(names.slice(0, depth).join("."));
  }
  return paths;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
