import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDockerEngine } from "../../../e2e/harness/docker-engine.ts";
import { startPodman } from "../../../e2e/harness/podman.ts";
import { type Print, RECORDED, type RecordedContainer } from "./questions.ts";
import { folded, type RecordedReply, type Recording } from "./recording.ts";

/**
 * Writes what a real engine answers to all of questions.ts, as root on Linux, for an engine's binaries in a folder or the machine's own:
 *   node test/demo/engine/logs/record.ts --into test/fixtures/logs/engine-28.5 [--binaries FOLDER | --podman]
 */
async function record(): Promise<void> {
  const { values } = parseArgs({
    options: { into: { type: "string" }, binaries: { type: "string" }, podman: { type: "boolean" } },
  });
  const into = values.into as string;
  const engine = values.podman
    ? await startPodman()
    : await startDockerEngine(values.binaries ? { binaries: values.binaries } : {});
  try {
    mkdirSync(into, { recursive: true });
    for (const [name, container] of Object.entries(RECORDED)) {
      if (values.podman && name === "local") continue;
      const recording = await recordContainer(engine, name, container);
      writeFileSync(join(into, `${name}.json`), `${JSON.stringify(recording, null, 1)}\n`);
    }
  } finally {
    await engine.end();
  }
}

/** Docker or Podman. */
interface RealEngine {
  readonly address: string;
  docker(...args: string[]): Promise<string>;
}

async function recordContainer(engine: RealEngine, name: string, container: RecordedContainer): Promise<Recording> {
  const { logDriver, tty, prints, questions } = container;
  const version = JSON.parse((await ask(engine, "/version")).text()) as { Version: string; ApiVersion: string };
  const kernel = execFileSync("uname", ["-r"], { encoding: "utf8" }).trim();
  const flags = ["--network=none", `--log-driver=${logDriver}`, "--name", name, ...(tty ? ["-t"] : [])];
  await engine.docker("run", "-d", ...flags, "bb", "sh", "-c", scriptOf(prints));
  await engine.docker("wait", name);
  const whole = await ask(engine, `/containers/${name}/logs?${questions[0]}`);
  const times = tty || logDriver === "none" ? timesOf(whole.body, /(?<=^|\n)/) : frameTimes(whole.body);
  const answers: RecordedReply[] = [];
  const isPodman = times.some((time) => time.length < "2026-11-21T05:00:00.000000000Z".length);
  for (const version of isPodman ? ["", "/v1.41"] : ["", "/v1.41", "/v1.42"]) {
    for (const question of version === "" ? questions : questions.slice(0, 1)) {
      if (isPodman && /[{]|since=2026/.test(question)) continue;
      const path = `${version}/containers/${name}/logs?${withTimes(question, times)}`;
      const { status, contentType, body } = await ask(engine, path);
      // Its words for a wrong question are of no concern.
      if (isPodman && status === 400) continue;
      const text = folded(body.toString("latin1"));
      answers.push({ path, status, ...(contentType !== undefined && { contentType }), body: text });
    }
  }
  return { engine: version.Version, kernel, recordedAt: new Date().toISOString().slice(0, 10), times, answers };
}

function scriptOf(prints: readonly Print[]): string {
  return prints
    .map(({ stream, text, times = 1 }) => {
      const octal = [...Buffer.from(text, "latin1")].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
      const print = times === 1 ? `printf '${octal}'` : `head -c ${times} /dev/zero | tr '\\000' '${text}'`;
      return stream === "stderr" ? `{ ${print}; } >&2` : print;
    })
    .join("\nsleep 0.1\n");
}

/** Of each frame, in order. */
function frameTimes(body: Buffer): string[] {
  const times: string[] = [];
  for (let at = 0; at < body.length; at += 8 + body.readUInt32BE(at + 4)) {
    times.push(body.toString("latin1", at + 8, body.indexOf(0x20, at + 8)));
  }
  return times;
}

function timesOf(body: Buffer, between: RegExp): string[] {
  return body
    .toString("latin1")
    .split(between)
    .map((line) => line.slice(0, 30));
}

/** "{3+1}": one nanosecond after the time of entry 3. */
function withTimes(question: string, times: readonly string[]): string {
  return question.replace(/\{(\d+)([+-]1)?\}/g, (_, index: string, shift = "0") => {
    const [whole = "", fraction = ""] = (times[Number(index)] ?? "").slice(0, -1).split(".");
    const nanoseconds = BigInt(Date.parse(`${whole}Z`) / 1000) * 1_000_000_000n + BigInt(fraction) + BigInt(shift);
    return `${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, "0")}`;
  });
}

function ask({ address }: RealEngine, path: string) {
  const socketPath = address.replace("unix://", "");
  return new Promise<{ status: number; contentType: string | undefined; body: Buffer; text: () => string }>(
    (resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks);
          const contentType = response.headers["content-type"];
          resolve({ status: response.statusCode ?? 0, contentType, body, text: () => body.toString() });
        });
      });
      asked.on("error", reject);
      asked.end();
    },
  );
}

await record();
