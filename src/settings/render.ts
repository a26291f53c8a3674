import type * as z from "zod/mini";
import { type SettingMeta, settingMeta } from "./setting.ts";
import type { Setting } from "./table.ts";
import { durationText, sizeText } from "./units.ts";
import { withoutUserInfo } from "./wording.ts";

const HIDDEN = "***";

/** The settings' file as lines, with each setting's own lines put in by `linesOf`. Sections without settings are left out. */
export function renderTree(table: readonly Setting[], linesOf: (setting: Setting, name: string) => readonly string[]) {
  const lines = ["{"];
  let open: string[] = [];
  for (const setting of table) {
    const sections = setting.path.split(".");
    const name = sections.pop() as string;
    const shared = sharedDepth(open, sections);
    lines.push(...closing(open, shared));
    for (let depth = shared; depth < sections.length; depth++) lines.push(`${indent(depth + 1)}${sections[depth]}: {`);
    open = sections;
    lines.push(...linesOf(setting, name).map((line) => (line === "" ? "" : indent(sections.length + 1) + line)));
  }
  return [...lines, ...closing(open, 0), "}"];
}

/** A value as it would be written in the file: durations and sizes with their unit. */
export function writtenValue({ kind }: Pick<Setting, "kind">, value: unknown): string {
  if (kind === "duration" && typeof value === "number") return JSON.stringify(durationText(value));
  if (kind === "size" && typeof value === "number") return JSON.stringify(sizeText(value));
  return json5(value);
}

/** The same with its secrets hidden. */
export function shownValue(setting: SettingMeta, value: unknown): string {
  if (setting.secret) return json5(typeof value === "object" && value !== null ? hiddenValues(value) : HIDDEN);
  if (setting.fields !== undefined) return shownObjects(setting.fields, value as Record<string, object>);
  return writtenValue(setting, typeof value === "string" ? withoutUserInfo(value) : value);
}

function hiddenValues(record: object): object {
  return Object.fromEntries(Object.keys(record).map((name) => [name, HIDDEN]));
}

function shownObjects(fields: z.ZodMiniObject, objects: Record<string, object>): string {
  return inBraces(Object.entries(objects), (object) =>
    inBraces(Object.entries(object), (value, field) => {
      const meta = settingMeta.get(fields.shape[field] as z.ZodMiniType);
      return meta === undefined ? HIDDEN : shownValue(meta, value);
    }),
  );
}

function json5(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json5).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return inBraces(Object.entries(value), json5);
}

function inBraces<T>(entries: readonly [string, T][], written: (value: T, name: string) => string): string {
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([name, value]) => `${key(name)}: ${written(value, name)}`).join(", ")} }`;
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function sharedDepth(a: readonly string[], b: readonly string[]): number {
  let depth = 0;
  while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++;
  return depth;
}

function closing(open: readonly string[], downTo: number): string[] {
  const lines: string[] = [];
  for (let depth = open.length; depth > downTo; depth--) lines.push(`${indent(depth)}},`);
  return lines;
}

function indent(depth: number): string {
  return "  ".repeat(depth);
}
