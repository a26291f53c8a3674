import { exampleFile } from "./example-file.ts";
import { jsonSchema } from "./json-schema.ts";
import { metricsPage } from "./metrics-page.ts";
import { settingsPage } from "./settings-page.ts";

/** The files that are made from the source, and what makes them. */
export const GENERATED: Record<string, () => string> = {
  "docs/metrics.md": metricsPage,
  "docs/settings.md": settingsPage,
  "config.example.json5": exampleFile,
  "config.schema.json": jsonSchema,
};
