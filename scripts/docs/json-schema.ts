import JSON5 from "json5";
import * as z from "zod/mini";
import { writtenValue } from "../../src/settings/render.ts";
import { settingsSchema } from "../../src/settings/schema.ts";
import { settingMeta } from "../../src/settings/setting.ts";
import { CONTAINERSPY_PROTOCOLS, CONTAINERSPY_SETTINGS } from "../../src/settings/sources/containerspy.ts";

/** config.schema.json: what editors complete and check a settings file with (JSON Schema, draft 2020-12). */
export function jsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, {
    io: "input",
    metadata: z.registry(),
    override: ({ zodSchema, jsonSchema: target }) => {
      const meta = settingMeta.get(zodSchema);
      if (meta === undefined) return;
      target.description =
        meta.otherwise === undefined ? meta.description : `${meta.description} Default: ${meta.otherwise}.`;
      target.examples = [meta.example];
      if (meta.default !== undefined) target.default = JSON5.parse(writtenValue(meta, meta.default));
    },
  });
  const properties = { $schema: { type: "string" }, ...schema.properties, ...containerSpyProperties() };
  const text = { $schema, title: "Tallyman's settings", ...schema, properties };
  // Sections may be left out: only what is in the file is checked.
  return `${JSON.stringify(text, (key, value) => (key === "required" ? undefined : value), 2)}\n`;
}

function containerSpyProperties() {
  return Object.fromEntries(
    CONTAINERSPY_SETTINGS.map(({ key, path }) => [
      key,
      {
        description: `ContainerSpy's name of ${path}.`,
        deprecated: true,
        ...(path === "otlp.protocol"
          ? { enum: Object.keys(CONTAINERSPY_PROTOCOLS) }
          : { type: path === "otlp.interval" ? ["integer", "null"] : ["string", "null"] }),
      },
    ]),
  );
}
