import * as z from "zod/mini";
import type { Kind, KindName } from "./kinds.ts";

/** What a setting means, beside its schema. */
export interface About {
  /** Whole sentences. */
  readonly description: string;
  /** As it would be written in the file. */
  readonly example: unknown;
  /** Its value is never shown. */
  readonly secret?: boolean;
}

export interface SettingMeta extends About {
  readonly kind: KindName;
  readonly expected: string;
  readonly itemExpected?: string;
  readonly nameExpected?: string;
  readonly fields?: z.ZodMiniObject;
  readonly default?: unknown;
  /** What holds when nothing is given and there is no constant default. */
  readonly otherwise?: string;
}

/** The leaves of the settings' schema; an object of the schema that is not in here is a section. */
export const settingMeta = new WeakMap<z.core.$ZodType, SettingMeta>();

/** A setting with a constant default. */
export function setting<Schema extends z.ZodMiniType>(
  kind: Kind<Schema>,
  about: About & { readonly default: z.core.util.NoUndefined<z.output<Schema>> },
) {
  const schema = z._default(kind.schema, about.default);
  settingMeta.set(schema, { ...about, ...metaOf(kind) });
  return schema;
}

/** A setting that may be absent. */
export function optional<Schema extends z.ZodMiniType>(
  kind: Kind<Schema>,
  about: About & { readonly otherwise: string },
) {
  const schema = z.exactOptional(kind.schema);
  settingMeta.set(schema, { ...about, ...metaOf(kind) });
  return schema;
}

function metaOf<Schema extends z.ZodMiniType>({ name, schema: _, ...meta }: Kind<Schema>) {
  return { ...meta, kind: name };
}
