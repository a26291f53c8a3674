import type * as z from "zod/mini";
import { settingsSchema } from "./schema.ts";
import { type SettingMeta, settingMeta } from "./setting.ts";

export interface Setting extends SettingMeta {
  /** "otlp.tls.ca" */
  readonly path: string;
  /** "TALLYMAN_OTLP_TLS_CA" */
  readonly variable: string;
  readonly schema: z.ZodMiniType;
}

export const VARIABLE_PREFIX = "TALLYMAN_";

/** The schema's leaves in its order. */
export function settingsTable(): readonly Setting[] {
  return leaves(settingsSchema, []);
}

function leaves(section: z.ZodMiniObject, parents: readonly string[]): Setting[] {
  return Object.entries(section.shape as Record<string, z.ZodMiniType>).flatMap(([name, schema]) => {
    const names = [...parents, name];
    const meta = settingMeta.get(schema);
    if (meta === undefined) return leaves(schema as z.ZodMiniObject, names);
    return [{ ...meta, path: names.join("."), variable: variableOf(names), schema }];
  });
}

function variableOf(names: readonly string[]): string {
  return (
    VARIABLE_PREFIX + names.map((name) => name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()).join("_")
  );
}
