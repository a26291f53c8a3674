import { byRank, type Given, isAmbient, type Origin } from "./findings.ts";
import { nearest } from "./nearest.ts";
import { type SettingMeta, settingMeta } from "./setting.ts";
import type { Setting } from "./table.ts";
import { shown, wrongValue } from "./wording.ts";

/** A value that was accepted for a setting, as the program uses it. */
export interface Chosen {
  readonly value: unknown;
  readonly origin: Origin;
}

export interface Choices {
  readonly chosen: Map<string, Chosen>;
  readonly problems: string[];
  readonly notes: string[];
}

/** Checks every value given, also those that another overrules, and chooses the one of the highest rank. */
export function choose(given: readonly Given[], table: readonly Setting[]): Choices {
  const settings = new Map(table.map((setting) => [setting.path, setting]));
  const choices: Choices = { chosen: new Map(), problems: [], notes: [] };
  for (const one of [...given].sort(byRank)) {
    const setting = settings.get(one.path) as Setting;
    const accepted = accept(one, setting);
    const earlier = choices.chosen.get(one.path);
    if ("wrong" in accepted) {
      if (isAmbient(one.origin)) choices.notes.push(`${accepted.wrong.slice(0, -1)}; ignored.`);
      else choices.problems.push(accepted.wrong);
    } else if (earlier === undefined) {
      choices.chosen.set(one.path, { value: accepted.value, origin: one.origin });
    } else if (sameRankClash(earlier, { value: accepted.value, origin: one.origin })) {
      choices.problems.push(clash(setting, earlier, { value: accepted.value, origin: one.origin }));
    }
  }
  return choices;
}

type Checked = SettingMeta & Pick<Setting, "schema">;

function accept(given: Given, setting: Checked): { value: unknown } | { wrong: string } {
  const result = setting.schema.safeParse(given.value);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  const [key] = issue?.path ?? [];
  const ofField = fieldOf(given, setting, issue?.path ?? []);
  if (ofField !== undefined) return accept(...ofField);
  const wrong = { path: given.path, origin: given.origin.name, secret: setting.secret ?? false };
  const expected = given.expected ?? setting.expected;
  if (key === undefined) return { wrong: wrongValue({ ...wrong, value: given.value, expected }) };
  if (issue?.code === "invalid_key") {
    return { wrong: wrongValue({ ...wrong, value: key, expected: setting.nameExpected ?? expected }) };
  }
  const path = `${given.path}[${typeof key === "number" ? key : shown(key)}]`;
  const itemExpected = setting.itemExpected ?? expected;
  if (issue?.code === "unrecognized_keys") {
    const meant = nearest(issue.keys[0] as string, Object.keys(setting.fields?.shape ?? {}));
    const remedy = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return {
      wrong: `${path} (${wrong.origin}): got the unknown ${shown(issue.keys[0])}, expected ${itemExpected}.${remedy}`,
    };
  }
  const value = (given.value as Record<PropertyKey, unknown>)[key];
  return { wrong: wrongValue({ ...wrong, path, value, expected: itemExpected }) };
}

/** What is wrong within one of several objects is told as of a setting of its own. */
function fieldOf(
  given: Given,
  { fields }: Checked,
  [name, field]: readonly PropertyKey[],
): [Given, Checked] | undefined {
  if (fields === undefined || name === undefined || field === undefined) return undefined;
  const schema = fields.shape[field as string] as Setting["schema"];
  const object = (given.value as Record<PropertyKey, Record<PropertyKey, unknown>>)[name];
  const path = `${given.path}[${shown(name)}].${String(field)}`;
  const { expected: _, ...where } = given;
  return [
    { ...where, path, value: object?.[field] },
    { ...(settingMeta.get(schema) as SettingMeta), schema },
  ];
}

function sameRankClash(a: Chosen, b: Chosen): boolean {
  return a.origin.rank === b.origin.rank && !isAmbient(a.origin) && JSON.stringify(a.value) !== JSON.stringify(b.value);
}

function clash(setting: Setting, a: Chosen, b: Chosen): string {
  const values = setting.secret ? "two values" : `${shown(a.value)} and ${shown(b.value)}`;
  return `${setting.path}: ${a.origin.name} and ${b.origin.name} say different things (${values}). Keep one of them.`;
}
