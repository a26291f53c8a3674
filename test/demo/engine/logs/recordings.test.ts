import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type SimulatedEngine, startSimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";
import { nanosecondsOf } from "../../../../src/demo/engine/times.ts";
import type { LogStream } from "../../../../src/logs/log-line.ts";
import { askBytes } from "./ask-bytes.ts";
import { type Print, RECORDED } from "./questions.ts";
import { folded, type RecordedReply, type Recording, unfolded } from "./recording.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/logs");

for (const { folder, flavour, engineVersion } of [
  { folder: "engine-20.10", flavour: "docker", engineVersion: "20.10.24" },
  { folder: "engine-28.5", flavour: "docker", engineVersion: "28.5.2" },
  { folder: "podman-5.4", flavour: "podman", engineVersion: "5.4.2" },
] as const) {
  const engine = await startSimulatedEngine({ flavour, engineVersion });
  after(() => engine.close());
  for (const [name, container] of Object.entries(RECORDED)) {
    // Podman has no driver of that name, and cuts a terminal's lines where its reads happen to end.
    if (flavour === "podman" && (name === "local" || name === "terminal")) continue;
    const recording = JSON.parse(readFileSync(join(FIXTURES, folder, `${name}.json`), "utf8")) as Recording;
    engine.containers.run({ name, tty: container.tty, logDriver: container.logDriver });
    if (flavour === "podman") printAtOnce(engine, name, recording);
    else printAtItsTimes(engine, name, recording);
    engine.containers.exit(name);

    for (const answer of recording.answers) {
      test(`${flavour} ${engineVersion} answers GET ${answer.path} as recorded`, async () => {
        assert.deepEqual(readable(await askBytes(engine, answer.path)), readable(asTold(answer)));
      });
    }
  }
}

/** What the container of the recording wrote, each line when the real engine read it. */
function printAtItsTimes({ containers }: SimulatedEngine, name: string, { times }: Recording) {
  const { tty, prints } = RECORDED[name] as (typeof RECORDED)[string];
  const distinct = [...new Set(times)];
  for (const { stream, text } of wholeLines(tty ? prints.map((print) => ({ ...print, stream: "stdout" })) : prints)) {
    const atNs = nanoseconds(distinct.shift() ?? "");
    containers.print(name, { stream, bytes: Buffer.from(text, "latin1"), ...(atNs !== undefined && { atNs }) });
  }
}

/** The same for an engine that makes a piece of whatever is written at once. */
function printAtOnce({ containers }: SimulatedEngine, name: string, { times }: Recording) {
  for (const { stream, text, times: count = 1 } of (RECORDED[name] as (typeof RECORDED)[string]).prints) {
    const atNs = nanoseconds(times[containers.get(name).log.next] ?? "");
    containers.print(name, {
      stream,
      bytes: Buffer.from(text.repeat(count), "latin1"),
      ...(atNs !== undefined && { atNs }),
    });
  }
}

/** In the order in which they end, the unended last. */
function wholeLines(prints: readonly Print[]): { stream: LogStream; text: string }[] {
  const lines: { stream: LogStream; text: string }[] = [];
  const rest = { stdout: "", stderr: "" };
  for (const { stream, text, times = 1 } of prints) {
    const parts = (rest[stream] + text.repeat(times)).split(/(?<=\n)/);
    rest[stream] = parts.at(-1)?.endsWith("\n") ? "" : (parts.pop() ?? "");
    for (const line of parts) lines.push({ stream, text: line });
  }
  for (const stream of ["stdout", "stderr"] as const) if (rest[stream]) lines.push({ stream, text: rest[stream] });
  return lines;
}

function nanoseconds(time: string): bigint | undefined {
  const [whole = "", fraction = ""] = time.slice(0, -1).split(".");
  return nanosecondsOf(`${Date.parse(`${whole}Z`) / 1000}${fraction && `.${fraction}`}`);
}

interface Answer {
  readonly status: number;
  readonly contentType?: string | undefined;
  readonly body: Buffer;
}

function asTold({ status, contentType, body }: RecordedReply): Answer {
  return { status, contentType, body: Buffer.from(unfolded(body), "latin1") };
}

/** An error's newline is of Go's JSON encoder and stays unsimulated. */
function readable({ status, contentType, body }: Answer) {
  const text = folded(body.toString("latin1"));
  return { status, contentType, body: status === 200 ? text : text.trimEnd() };
}
