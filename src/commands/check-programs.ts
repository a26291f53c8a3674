import { access, constants } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { findProgram, programNames } from "../programs/find-program.ts";
import type { LoadedSettings } from "../settings/load.ts";
import type { Finding } from "./finding.ts";
import { programChoice } from "./programs.ts";

/** Whether each program that is set could be started; none is. */
export async function checkPrograms({ settings }: LoadedSettings): Promise<Finding[]> {
  const choice = programChoice(settings);
  const { names, problem } = await programNames(choice);
  const findings = await Promise.all(names.map(checkProgram));
  return problem === undefined ? findings : [...findings, { ok: false, message: problem }];

  async function checkProgram(name: string): Promise<Finding> {
    const found = await findProgram(choice, name);
    if (found === undefined) return { ok: true, message: `${name} is no program` };
    if ("refused" in found) return { ok: false, message: `${name} ${found.refused}` };
    const { command } = found.program;
    const fault = isAbsolute(command) ? await accessFault(command) : undefined;
    if (fault === undefined) return { ok: true, message: `${name}: ${command}` };
    return {
      ok: false,
      message: `${name}: ${command}: ${fault}`,
      remedy: "It must be there, and executable for the agent's user.",
    };
  }
}

async function accessFault(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
