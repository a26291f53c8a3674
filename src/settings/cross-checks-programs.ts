import type { Choices } from "./choice.ts";
import { shown } from "./wording.ts";

/** A program without a command is an executable of the folder. */
export function crossCheckPrograms({ chosen, problems }: Choices) {
  const list = chosen.get("programs.list");
  if (list === undefined || chosen.has("programs.folder")) return;
  for (const [name, { command }] of Object.entries(list.value as Record<string, { command?: string }>)) {
    if (command !== undefined) continue;
    problems.push(
      `programs.list[${shown(name)}] (${list.origin.name}): needs a command, since no programs.folder is given.`,
    );
  }
}
