import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { PROGRAM_NAME, type Program } from "./program.ts";

export interface ProgramChoice {
  readonly list: Readonly<Record<string, ListedProgram>>;
  /** Each executable in it is a program. */
  readonly folder?: string | undefined;
  /** What holds where a program says nothing. */
  readonly timeLimitMs: number;
  readonly clientArguments: readonly string[];
}

/** A program with what was set of it; without a command it is an executable of the folder. */
export type ListedProgram = { readonly [Field in Exclude<keyof Program, "name">]?: Program[Field] | undefined };

/** `refused`: it is there and must not be run; the end of a sentence that begins with the program. */
export type FoundProgram = { readonly program: Program } | { readonly refused: string } | undefined;

/** By its name, looked for anew each time; nothing when there is none. */
export async function findProgram(choice: ProgramChoice, name: string): Promise<FoundProgram> {
  if (!PROGRAM_NAME.test(name)) return undefined;
  const listed = Object.hasOwn(choice.list, name) ? choice.list[name] : undefined;
  if (listed?.command !== undefined) return { program: withDefaults(choice, name, listed, listed.command) };
  if (choice.folder === undefined) return undefined;
  const found = await findExecutable(choice.folder, name);
  if (found === undefined) return listed && { refused: `is not in ${choice.folder} (programs.folder)` };
  return "refused" in found ? found : { program: withDefaults(choice, name, listed ?? {}, found.command) };
}

/** All names that there are now, those of the folder included; why the folder can't be read, if it can't. */
export async function programNames({ list, folder }: ProgramChoice): Promise<{ names: string[]; problem?: string }> {
  const names = new Set(Object.keys(list));
  if (folder === undefined) return { names: [...names] };
  try {
    for (const name of (await readdir(folder)).sort()) if (PROGRAM_NAME.test(name)) names.add(name);
    return { names: [...names] };
  } catch (error) {
    return { names: [...names], problem: `${folder} (programs.folder) can't be read: ${(error as Error).message}` };
  }
}

function withDefaults(choice: ProgramChoice, name: string, listed: ListedProgram, command: string): Program {
  return {
    name,
    command,
    arguments: listed.arguments ?? [],
    environment: listed.environment ?? {},
    workingFolder: listed.workingFolder,
    timeLimitMs: listed.timeLimitMs ?? choice.timeLimitMs,
    clientArguments: listed.clientArguments ?? choice.clientArguments,
    intervalMs: listed.intervalMs,
  };
}

/** Links are followed, as plugins are often linked in; what they lead to is looked at. */
async function findExecutable(
  folder: string,
  name: string,
): Promise<{ command: string } | { refused: string } | undefined> {
  try {
    const command = await realpath(join(folder, name));
    const [file, around] = await Promise.all([stat(command), stat(folder)]);
    if (!file.isFile()) return undefined;
    if (othersMayWrite(around.mode)) return { refused: `is not run, because others may write to ${folder}: chmod o-w` };
    if (othersMayWrite(file.mode)) return { refused: `is not run, because others may write to ${command}: chmod o-w` };
    if (await mayExecute(command)) return { command };
    return { refused: `is not run, because the agent's user may not execute ${command}: chmod +x` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    return { refused: `can't be looked at in ${folder}: ${code}` };
  }
}

async function mayExecute(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** On Windows the mode tells nothing of others. */
function othersMayWrite(mode: number): boolean {
  return process.platform !== "win32" && (mode & 0o002) !== 0;
}
