import { pushOnce } from "../outlets/pushgateway/push-once.ts";
import { debugText } from "../programs/debug-text.ts";
import { findProgram, programNames } from "../programs/find-program.ts";
import type { Program } from "../programs/program.ts";
import type { ProgramRun } from "../programs/program-run.ts";
import type { ExporterLine } from "../settings/exporter-line.ts";
import type { LoadedSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { programChoice, programRunner } from "./programs.ts";

/** Runs one program as a person or a cron job asks for it: whoever may start us may give it any argument. */
export async function exporter(loaded: LoadedSettings, { exporter: line }: { readonly exporter?: ExporterLine }) {
  if (line === undefined) throw new Error("the command line gives the name of a program");
  const choice = programChoice(loaded.settings);
  const found = await findProgram(choice, line.name);
  if (found === undefined) {
    const { names, problem } = await programNames(choice);
    const known = names.length === 0 ? "none is set (programs.list, programs.folder)" : `there are ${names.join(", ")}`;
    return failed(`there is no program ${line.name}: ${problem ?? known}`, 2);
  }
  if ("refused" in found) return failed(`the program ${line.name} ${found.refused}`, 1);
  const run = await runUntilSignal(loaded.settings, found.program, line);
  if (line.print) process.stdout.write(line.debug ? debugText(run) : run.failure === undefined ? run.metrics : "");
  if (run.failure !== undefined) return failed(`the program ${line.name} ${run.failure.what}`, 1);
  return line.pushgateway === undefined ? 0 : push(loaded.settings, run, { address: line.pushgateway, job: line.name });
}

/** With the login and the labels that are set for the Pushgateway of the containers' metrics. */
async function push({ pushgateway }: Settings, run: ProgramRun, { address, job }: { address: string; job: string }) {
  const connection = { ...pushgateway, address, timeoutMs: pushgateway.timeout, proxyEnvironment: process.env };
  try {
    const groupingKey = { job, labels: pushgateway.groupingKey };
    const pushed = await pushOnce(connection, { groups: [run.families], groupingKey });
    return pushed.ok ? 0 : failed(`${pushed.message}. ${pushed.remedy.replace(/\.$/, "")}`, 1);
  } catch (error) {
    return failed((error as Error).message.replace(/\.$/, ""), 2);
  }
}

/** The program is in a group of its own, which a terminal's Ctrl-C does not reach. */
async function runUntilSignal(settings: Settings, program: Program, line: ExporterLine): Promise<ProgramRun> {
  const asked = new AbortController();
  const end = () => asked.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  return programRunner(settings).run(program, { arguments: line.arguments, signal: asked.signal, patient: true });
}

function failed(what: string, code: number): number {
  process.stderr.write(`tallyman: ${what}.\n`);
  return code;
}
