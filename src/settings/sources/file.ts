import { posix, resolve } from "node:path";
import JSON5 from "json5";
import { type Environment, type Findings, noFindings } from "../findings.ts";
import type { Setting } from "../table.ts";
import { CONTAINERSPY_CONFIG_VARIABLE } from "./containerspy.ts";
import { readTree } from "./tree.ts";
import { CONFIG_VARIABLE } from "./variables.ts";

/** Looked for in this order when no file is named. */
export const DEFAULT_FILES = [
  "./config.json5",
  "./config.json",
  "/etc/tallyman/config.json5",
  "/etc/containerspy/config.json",
];
const MAX_FILE_CHARACTERS = 1024 * 1024;

export interface FileSource {
  /** What `--config` names. */
  readonly configFile?: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** As `readFileSync(path, "utf8")`. */
  readonly readText: (path: string) => string;
}

export interface FileFindings extends Findings {
  readonly file?: string;
}

/** The settings file, if there is one. One that is named must be there. */
export function readFile(source: FileSource, table: readonly Setting[]): FileFindings {
  const named = namedFile(source);
  for (const file of named ? [named.file] : DEFAULT_FILES) {
    let text: string;
    try {
      text = source.readText(posix.isAbsolute(file) ? file : resolve(source.cwd, file));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (named === undefined && (code === "ENOENT" || code === "ENOTDIR")) continue;
      const by = named === undefined ? "" : `, named by ${named.by},`;
      return { ...noFindings(), file, problems: [`${file}: the settings file${by} can't be read: ${reason(error)}.`] };
    }
    return { ...readText(file, text, table), file };
  }
  return noFindings();
}

function namedFile({ configFile, env }: FileSource): { file: string; by: string } | undefined {
  if (configFile !== undefined) return { file: configFile, by: "--config" };
  for (const by of [CONFIG_VARIABLE, CONTAINERSPY_CONFIG_VARIABLE]) {
    const file = env[by]?.trim();
    if (file) return { file, by };
  }
  return undefined;
}

function readText(file: string, text: string, table: readonly Setting[]): Findings {
  if (text.length > MAX_FILE_CHARACTERS) {
    return {
      ...noFindings(),
      problems: [`${file}: the settings file is longer than ${MAX_FILE_CHARACTERS} characters.`],
    };
  }
  try {
    return readTree(file, JSON5.parse(text), table);
  } catch (error) {
    return { ...noFindings(), problems: [syntaxProblem(file, error as Error)] };
  }
}

function syntaxProblem(file: string, error: Error & { lineNumber?: number; columnNumber?: number }): string {
  const what = error.message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, "");
  return `${file}:${error.lineNumber}:${error.columnNumber}: not JSON5: ${what}.`;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    case "EISDIR":
      return "it is a directory (a bind mount of a file that does not exist makes one)";
    default:
      return code ?? message;
  }
}
