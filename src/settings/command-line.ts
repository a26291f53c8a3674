import { parseArgs } from "node:util";
import { type ExporterLine, type ReadExporterLine, readExporterLine } from "./exporter-line.ts";
import { COMMANDS, type CommandName, commandHelp, generalHelp } from "./help.ts";
import { LOGS_OPTIONS, type LogsLine, readLogsLine } from "./logs-line.ts";
import { nearest } from "./nearest.ts";

/** What the command line asks for. `exitCode` is what the process ends with when there is nothing more to do. */
export type CommandLine =
  | ChosenCommand
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "refused"; readonly message: string; readonly exitCode: 2 };

export interface ChosenCommand {
  readonly kind: "command";
  readonly command: CommandName;
  readonly configFile?: string;
  readonly logs?: LogsLine;
  readonly exporter?: ExporterLine;
}

const OPTIONS = {
  config: { type: "string", short: "c" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

const ALL_OPTIONS = { ...OPTIONS, ...LOGS_OPTIONS };

/** `args` without the program: `process.argv.slice(2)`. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const exporter = readExporterLine(args);
  if (exporter !== undefined) return exporterCommand(exporter);
  // Not strict, so that an unknown option can be answered with the nearest one.
  const { values, tokens } = parseArgs({ args: [...args], options: ALL_OPTIONS, strict: false, tokens: true });
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (!isOption(token.name)) return refused(`there is no option ${token.rawName}`, token.rawName);
    if (token.name === "config" && !isValue(token)) return refused("--config needs the path of a file");
    const takesValue = ALL_OPTIONS[token.name].type === "string";
    if (takesValue && !isValue(token)) return refused(`${token.rawName} needs a value`);
    if (!takesValue && token.value !== undefined) return refused(`${token.rawName} takes no value`);
  }
  const [given = "run", ...more] = positionals;
  if (!isCommand(given)) return refused(`there is no command ${given}`, given);
  const ofLogs = Object.keys(values).find((name) => Object.hasOwn(LOGS_OPTIONS, name));
  if (given !== "logs" && ofLogs !== undefined) return refused(`--${ofLogs} is an option of logs`);
  if (given !== "logs" && more.length > 0) return refused(`one command at a time, got ${positionals.join(" and ")}`);
  if (values.help) return { kind: "help", text: positionals.length > 0 ? commandHelp(given) : generalHelp() };
  if (values.version) return { kind: "version" };
  const logs = given === "logs" ? readLogsLine(more, values) : undefined;
  if (typeof logs === "string") return refused(logs);
  return {
    kind: "command",
    command: given,
    ...(typeof values.config === "string" && { configFile: values.config }),
    ...(logs !== undefined && { logs }),
  };
}

function exporterCommand({ help, problem, line, configFile }: ReadExporterLine): CommandLine {
  if (help) return { kind: "help", text: commandHelp("exporter") };
  if (line === undefined) return refused(problem ?? "exporter needs the name of a program");
  return { kind: "command", command: "exporter", exporter: line, ...(configFile !== undefined && { configFile }) };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function isOption(name: string): name is keyof typeof ALL_OPTIONS {
  return Object.hasOwn(ALL_OPTIONS, name);
}

/** `--config --help` names no file. */
function isValue({ value, inlineValue }: { value: string | undefined; inlineValue: boolean | undefined }): boolean {
  return value !== undefined && value !== "" && (inlineValue === true || !value.startsWith("-"));
}

function refused(what: string, unknown?: string): CommandLine {
  const words = [...Object.keys(COMMANDS), ...Object.keys(ALL_OPTIONS).map((name) => `--${name}`)];
  const meant = unknown === undefined ? undefined : nearest(unknown, words);
  const remedy = meant === undefined ? "See tallyman --help." : `Did you mean ${meant}? See tallyman --help.`;
  return { kind: "refused", message: `tallyman: ${what}. ${remedy}`, exitCode: 2 };
}
