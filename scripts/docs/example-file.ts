import { renderTree, writtenValue } from "../../src/settings/render.ts";
import { type Setting, settingsTable } from "../../src/settings/table.ts";

const HEAD = `// Every setting of Tallyman with its default. Copy this file to ./config.json5 or /etc/tallyman/config.json5 and take the
// comment marks off what you change. Each setting has a variable too, which wins: docs/settings.md.
// Editors complete and check it with: "$schema": "./config.schema.json",
`;
const WIDTH = 110;

/** config.example.json5: as it is, it gives the defaults. */
export function exampleFile(): string {
  const lines = renderTree(settingsTable(), (setting, name) => [
    ...wrapped(comment(setting)),
    ...written(name, setting).map((line) => `// ${line}`),
    "",
  ]);
  return `${HEAD}${spaced(lines).join("\n")}\n`;
}

function written(name: string, setting: Setting): string[] {
  const value = setting.default ?? setting.example;
  const line = `${name}: ${writtenValue(setting, value)},`;
  if (line.length < WIDTH || !Array.isArray(value)) return [line];
  return [`${name}: [`, ...value.map((item) => `  ${JSON.stringify(item)},`), "],"];
}

function comment({ description, default: constant, otherwise }: Setting): string {
  return constant === undefined ? `${description} Default: ${otherwise}.` : description;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "//";
  for (const word of text.split(" ")) {
    if (line.length + word.length >= WIDTH) {
      lines.push(line);
      line = "//";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A blank line between settings and sections, none before a section's end. */
function spaced(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const endFollows = lines[index + 1]?.trim().startsWith("}") ?? true;
    if (line === "") return endFollows ? [] : [line];
    return line.trim() === "}," && !endFollows ? [line, ""] : [line];
  });
}
