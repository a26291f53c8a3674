import { describeSettings } from "../settings/describe.ts";
import type { LoadedSettings } from "../settings/load.ts";

export async function config(loaded: LoadedSettings): Promise<number> {
  process.stdout.write(`${describeSettings(loaded).join("\n")}\n`);
  for (const note of loaded.notes) process.stderr.write(`note: ${note}\n`);
  return 0;
}
