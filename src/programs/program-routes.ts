import type { DoorAnswer, DoorRequest, Route } from "../http/route.ts";
import { programAnswered } from "../telemetry/events/programs.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { firstForbidden, readClientQuery } from "./client-arguments.ts";
import { debugText } from "./debug-text.ts";
import { findProgram, type ProgramChoice } from "./find-program.ts";
import type { Program } from "./program.ts";
import type { FailureKind } from "./program-run.ts";
import type { ProgramRunner } from "./program-runner.ts";
import type { RunJournal } from "./run-journal.ts";

interface Parts {
  readonly choice: ProgramChoice;
  readonly runner: ProgramRunner;
  readonly journal: RunJournal;
  readonly telemetry: Telemetry;
}

const PATH = "/metrics/";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const STATUS: Record<FailureKind, number> = {
  busy: 503,
  stopped: 503,
  start: 500,
  exit: 500,
  output: 500,
  metrics: 502,
  time: 504,
};

/** `/metrics/NAME` runs the program of this name with the query as its arguments, and answers what it wrote. */
export function programRoutes({ choice, runner, journal, telemetry }: Parts): Route[] {
  async function answer({ path, query, signal }: DoorRequest): Promise<DoorAnswer> {
    const name = path.slice(PATH.length);
    const found = await findProgram(choice, name);
    if (found === undefined) return words(404, "There is no such program.");
    const [given, seconds] =
      "refused" in found ? [words(500, said(name, found.refused)), 0] : await answerOf(found.program, query, signal);
    programAnswered(telemetry, { exporter: name, status: given.status, seconds });
    return given;
  }

  async function answerOf(program: Program, query: string, signal: AbortSignal): Promise<[DoorAnswer, number]> {
    const asked = readClientQuery(query);
    if (asked === undefined) return [words(400, "The query is not percent-encoded UTF-8 without NUL."), 0];
    const forbidden = firstForbidden(asked.arguments, program.clientArguments);
    if (forbidden !== undefined) {
      const why = `gets no argument ${JSON.stringify(forbidden)} from a client (clientArguments allows which)`;
      return [words(403, said(program.name, why)), 0];
    }
    const run = await runner.run(program, { arguments: asked.arguments, signal });
    journal.told(program.name, run);
    const { failure } = run;
    const status = failure === undefined ? 200 : STATUS[failure.kind];
    const headers = { ...(failure?.kind === "busy" && { "retry-after": "1" }) };
    const seconds = run.tookMs / 1000;
    if (asked.debug) {
      return [{ status, headers: { ...headers, "content-type": "application/json" }, body: debugText(run) }, seconds];
    }
    if (failure !== undefined) return [{ ...words(status, said(program.name, failure.what)), headers }, seconds];
    return [{ status, headers: { "content-type": METRICS_TYPE }, body: run.metrics }, seconds];
  }

  return [{ path: PATH, answer }];
}

function said(name: string, what: string): string {
  return `The program ${name} ${what}.`;
}

function words(status: number, text: string): DoorAnswer {
  return { status, body: `${text}\n` };
}
