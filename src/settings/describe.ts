import { DEFAULT_ORIGIN, type LoadedSettings } from "./load.ts";
import { renderTree, shownValue } from "./render.ts";
import { type Setting, settingsTable } from "./table.ts";

/**
 * The settings in force as lines of JSON5 which a settings file could hold, each with where it came from; secrets are
 * hidden. `which: "given"` leaves the defaults out.
 */
export function describeSettings(
  loaded: LoadedSettings,
  { which = "all" }: { which?: "all" | "given" } = {},
): string[] {
  const table = settingsTable().filter(({ path }) => which === "all" || loaded.origins.get(path) !== DEFAULT_ORIGIN);
  return renderTree(table, (setting, name) => {
    const value = valueAt(loaded.settings, setting.path);
    const origin = loaded.origins.get(setting.path);
    if (value === undefined) return [`// ${name}: ${plainText(setting.otherwise ?? "none")}`];
    return [`${name}: ${shownValue(setting, value)}, // ${origin}`];
  });
}

/** What was given, for a log line: path → value and where it came from, secrets hidden. */
export function givenSettings(loaded: LoadedSettings): Record<string, string> {
  const given: Record<string, string> = {};
  for (const setting of settingsTable()) {
    const origin = loaded.origins.get(setting.path);
    if (origin === undefined || origin === DEFAULT_ORIGIN) continue;
    given[setting.path] = `${shownValue(setting, valueAt(loaded.settings, setting.path))} (${origin})`;
  }
  return given;
}

function valueAt(settings: object, path: Setting["path"]): unknown {
  let value: unknown = settings;
  for (const name of path.split(".")) value = (value as Record<string, unknown>)[name];
  return value;
}

function plainText(markdown: string): string {
  return markdown.replaceAll("`", "");
}
