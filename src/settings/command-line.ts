import { parseArgs } from "node:util";
import { COMMANDS, type CommandName, commandHelp, generalHelp } from "./help.ts";
import { nearest } from "./nearest.ts";

/** What the command line asks for. `exitCode` is what the process ends with when there is nothing more to do. */
export type CommandLine =
  | { readonly kind: "command"; readonly command: CommandName; readonly configFile?: string }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "refused"; readonly message: string; readonly exitCode: 2 };

const OPTIONS = {
  config: { type: "string", short: "c" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** `args` without the program: `process.argv.slice(2)`. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  // Not strict, so that an unknown option can be answered with the nearest one.
  const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) return refused(`there is no option ${token.rawName}`, token.rawName);
    if (token.name === "config" && !isPath(token)) return refused("--config needs the path of a file");
    if (token.name !== "config" && token.value !== undefined) return refused(`${token.rawName} takes no value`);
  }
  const [given = "run", ...more] = positionals;
  if (!isCommand(given)) return refused(`there is no command ${given}`, given);
  if (more.length > 0) return refused(`one command at a time, got ${positionals.join(" and ")}`);
  if (values.help) return { kind: "help", text: positionals.length > 0 ? commandHelp(given) : generalHelp() };
  if (values.version) return { kind: "version" };
  return {
    kind: "command",
    command: given,
    ...(typeof values.config === "string" && { configFile: values.config }),
  };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** `--config --help` names no file. */
function isPath({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && value !== "" && (inlineValue === true || !value.startsWith("-"));
}

function refused(what: string, unknown?: string): CommandLine {
  const words = [...Object.keys(COMMANDS), ...Object.keys(OPTIONS).map((name) => `--${name}`)];
  const meant = unknown === undefined ? undefined : nearest(unknown, words);
  const remedy = meant === undefined ? "See tallyman --help." : `Did you mean ${meant}? See tallyman --help.`;
  return { kind: "refused", message: `tallyman: ${what}. ${remedy}`, exitCode: 2 };
}
