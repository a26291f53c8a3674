import type { LoadedSettings } from "../settings/load.ts";
import type { LogsLine } from "../settings/logs-line.ts";
import { readLevelRules, refuse } from "./level-rules.ts";
import { listLogs } from "./logs-ls.ts";
import { showLogs } from "./logs-show.ts";

const LIST: LogsLine = { what: "ls", json: false };

/** Reads what an agent keeps of the containers' logs; needs neither it nor the engine. */
export async function logs(
  loaded: LoadedSettings,
  { logs: line = LIST }: { readonly logs?: LogsLine },
): Promise<number> {
  const { dir } = loaded.settings.logs;
  const levels = readLevelRules(loaded);
  if ("problems" in levels) return refuse(levels.problems);
  try {
    return line.what === "show" ? await showLogs(dir, line, levels.rules) : await listLogs(dir, line);
  } catch (error) {
    const named = `${dir} (logs.dir, ${loaded.origins.get("logs.dir")})`;
    process.stderr.write(`tallyman: ${named}: ${reason(error)}\n`);
    return 1;
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "there is no such folder. LOGS_DIR, or --config with the agent's settings, names the one it writes to.";
    case "ENOTDIR":
      return "this is no folder.";
    case "EACCES":
    case "EPERM":
      return "this user may not read it; logs.folderMode and logs.fileMode say who may.";
    default:
      return `${message}.`;
  }
}
