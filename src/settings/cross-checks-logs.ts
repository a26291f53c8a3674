import type { Choices } from "./choice.ts";
import { DEFAULT_MAX_FILE_BYTES } from "./sections/logs.ts";
import { sizeText } from "./units.ts";

export function crossCheckLogs(choices: Choices) {
  turnOnByFolder(choices);
  fitFileIntoTotal(choices);
}

function turnOnByFolder({ chosen }: Choices) {
  const folder = chosen.get("logs.dir");
  if (folder === undefined || chosen.has("logs.enabled")) return;
  const origin = { rank: folder.origin.rank, name: `since ${folder.origin.name} gives logs.dir` };
  chosen.set("logs.enabled", { value: true, origin });
}

function fitFileIntoTotal({ chosen, problems, notes }: Choices) {
  const total = chosen.get("logs.maxTotalSize");
  const file = chosen.get("logs.maxFileSize");
  const fileBytes = (file?.value ?? DEFAULT_MAX_FILE_BYTES) as number;
  if (total === undefined || fileBytes <= (total.value as number)) return;
  const fileText = `logs.maxFileSize ${sizeText(fileBytes)} (${file?.origin.name ?? "default"})`;
  const totalText = sizeText(total.value as number);
  if (file === undefined) {
    const origin = { rank: "ambient variable", name: "as large as logs.maxTotalSize" } as const;
    chosen.set("logs.maxFileSize", { value: total.value, origin });
    notes.push(`${fileText} was lowered to ${totalText}, as large as logs.maxTotalSize.`);
  } else {
    problems.push(
      `${fileText} is more than logs.maxTotalSize ${totalText} (${total.origin.name}): not one file would fit. Lower the file's size.`,
    );
  }
}
