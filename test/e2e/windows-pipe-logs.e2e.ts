import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type KeptLines, keptLines } from "../faults/logs/kept-lines.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { PROGRAM } from "./harness/agent.ts";
import { setUp } from "./harness/set-up.ts";
import { REAL_ENGINE, startWindowsEngine } from "./harness/windows-engine.ts";

const { engine, windows } = await setUp(startWindowsEngine);

const dir = join(windows.folder, "kept logs");
const LINES = 1_500;
/** Slowly enough to be followed for seconds: a part of it before the agent is killed, a part while it is away, and the rest. */
const PRINTER = `
i=0
while [ $i -lt ${LINES} ]; do
  i=$((i + 1))
  echo "out $i"
  if [ $((i % 3)) = 0 ]; then echo "err $i" >&2; fi
  if [ $((i % 50)) = 0 ]; then sleep 0.2; fi
done`;
const IN_ONE_GO = PRINTER.replace("sleep 0.2", "true");

test("on Windows the files hold each line once, printed before, while and after the agent was killed", async () => {
  const ids = new Map<string, string>();
  const run = async (name: string, script: string) =>
    ids.set(name, await engine.docker("run", "-d", "--name", name, "bb", "sh", "-c", script));
  await run("earlier", IN_ONE_GO);
  await engine.docker("wait", "earlier");
  let agent = startAgent();
  const reader = windows.start(PROGRAM, ["logs", "show", "earlier", "--follow"], { LOGS_DIR: DIR_THERE });
  try {
    await eventuallyPasses(() => assertAllKept(ids, ["earlier"]), { withinMs: 60_000 });
    await run("followed", PRINTER);
    // A device of DOS, and a name of which Windows takes off the end.
    await run("nul", PRINTER);
    await run("dots..", PRINTER);
    await eventuallyPasses(() => assert.ok(linesOf(ids, "followed").stdout.length > 200), { withinMs: 60_000 });
    await engine.docker("rename", "followed", "renamed");
    await agent.end("SIGKILL", 10_000);
    assert.deepEqual(complaintsOf(agent.stderr()), []);
    await run("meanwhile", IN_ONE_GO);
    agent = startAgent();
    await eventuallyPasses(() => assertAllKept(ids, [...ids.keys()]), { withinMs: 120_000 });
    assert.deepEqual(complaintsOf(agent.stderr()), []);
  } catch (cause) {
    throw new Error(`${agent.stdout()}${agent.stderr()}`, { cause });
  } finally {
    await agent.end("SIGKILL", 10_000);
    await reader.end("SIGKILL", 10_000);
  }
});

test("on Windows `logs ls` and `logs show` read what is kept, a renamed container by its new name", async () => {
  assert.match(await read("ls"), /^renamed +[0-9a-f]{12} /m);
  const shown = await read("show", "renamed", "--stream", "stdout");
  assert.deepEqual(shown.trimEnd().split(/\r?\n/), EXPECTED.stdout);
});

const DIR_THERE = `Z:${dir.replaceAll("/", "\\")}`;
const NUMBERS = Array.from({ length: LINES }, (_, i) => i + 1);
const EXPECTED: KeptLines = {
  stdout: NUMBERS.map((number) => `out ${number}`),
  stderr: NUMBERS.filter((number) => number % 3 === 0).map((number) => `err ${number}`),
};

function startAgent() {
  return windows.start(PROGRAM, [], {
    TALLYMAN_ENGINE_ADDRESS: REAL_ENGINE,
    TALLYMAN_OTLP_ENABLED: "false",
    TALLYMAN_HTTP_LISTEN: "127.0.0.1:0",
    TALLYMAN_LOG_FORMAT: "json",
    LOGS_DIR: DIR_THERE,
    LOGS_CONTAINER_MAX_FILE_SIZE: "20KiB",
    LOGS_CONTAINER_MAX_FILES: "1000",
  });
}

async function read(...args: string[]): Promise<string> {
  const program = windows.start(PROGRAM, ["logs", ...args], { LOGS_DIR: DIR_THERE });
  const { code } = await program.exit(60_000);
  assert.equal(code, 0, program.stderr());
  return program.stdout();
}

function linesOf(ids: ReadonlyMap<string, string>, name: string): KeptLines {
  return keptLines(dir, ids.get(name) as string);
}

function assertAllKept(ids: ReadonlyMap<string, string>, names: readonly string[]) {
  for (const name of names) assert.deepEqual(linesOf(ids, name), EXPECTED, name);
}

function complaintsOf(log: string): string[] {
  const isComplaint = (line: string) => /"level":"(warn|error)"/.test(line) && !line.includes("Settings note");
  return log.split("\n").filter(isComplaint);
}
