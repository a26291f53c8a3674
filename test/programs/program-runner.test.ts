import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Program } from "../../src/programs/program.ts";
import type { ProgramRun } from "../../src/programs/program-run.ts";
import type { RunnerOptions } from "../../src/programs/program-runner.ts";
import { isRunning, zombiesOf } from "../support/processes.ts";
import { comesTrue, folder, NEVER, pidsIn, shellProgram, testRunner } from "./programs.ts";

const WRITES = `echo 'up 1' >"$METRICS_FILE"`;

async function runOf(t: TestContext, program: Program, options: Partial<RunnerOptions> = {}, args: string[] = []) {
  const run = await testRunner(t, options).run(program, { arguments: args, signal: NEVER });
  assert.ok(!existsSync(dirname(run.metricsFile)) || run.metricsFile === "", "its folder is gone");
  return run;
}

describe("a program that does well", () => {
  test("gives what it wrote into METRICS_FILE, and its prints apart", async (t) => {
    const run = await runOf(
      t,
      shellProgram(`echo 'tank_level{tank="a"} 7' >"$METRICS_FILE"; echo 'level 9'; echo oh >&2`),
    );
    assert.equal(run.failure, undefined);
    assert.deepEqual(
      [run.returncode, run.metrics, run.stdout, run.stderr],
      [0, 'tank_level{tank="a"} 7\n', "level 9\n", "oh\n"],
    );
    assert.deepEqual(
      run.families.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value]),
      [["tank_level", 7]],
    );
  });

  test("may write nothing at all", async (t) => {
    const run = await runOf(t, shellProgram("exit 0"));
    assert.deepEqual([run.failure, run.metrics, run.families], [undefined, "", []]);
  });

  test("may write beside the file and put that in its place", async (t) => {
    const run = await runOf(t, shellProgram(`echo 'up 1' >"$METRICS_FILE.$$"; mv "$METRICS_FILE.$$" "$METRICS_FILE"`));
    assert.equal(run.metrics, "up 1\n");
  });

  test("gets its arguments as they are, a client's after its own", async (t) => {
    const hard = ["a b", "$(touch /tmp/no)", "`id`", "'\"", "line\nbreak", "", "--x=y=z", "; exit 3", "*", "\\", "ä🐋"];
    const program = shellProgram(`printf '%s\\0' "$@"`);
    const run = await runOf(t, { ...program, arguments: [...program.arguments, "own one"] }, {}, hard);
    assert.deepEqual(run.stdout.split("\0").slice(0, -1), ["own one", ...hard]);
  });

  test("gets its own variables and the agent's without the agent's settings", async (t) => {
    const environment = {
      PATH: process.env.PATH,
      COMMUNITY: "public",
      TALLYMAN_OTLP_BEARER_TOKEN: "hush",
      OTEL_X: "hush",
    };
    const program = shellProgram("env; pwd", { environment: { TARGET: "a b" }, workingFolder: "/" });
    const { stdout } = await runOf(t, program, { environment });
    assert.match(stdout, /^COMMUNITY=public$/m);
    assert.match(stdout, /^TARGET=a b$/m);
    assert.doesNotMatch(stdout, /hush/);
    assert.match(stdout, /^\/$/m);
  });

  test("reads nothing on its standard input", async (t) => {
    assert.equal((await runOf(t, shellProgram(`cat; echo end`))).stdout, "end\n");
  });
});

describe("a program that does badly is told by what it did", () => {
  const cases: Record<string, { program: Program; kind: string; what: RegExp; options?: Partial<RunnerOptions> }> = {
    "exits with 3": {
      program: shellProgram(`${WRITES}; echo first >&2; echo 'no route to core-sw01' >&2; exit 3`),
      kind: "exit",
      what: /^exited with code 3: no route to core-sw01$/,
    },
    "is killed": { program: shellProgram("kill -KILL $$"), kind: "exit", what: /^was ended by SIGKILL$/ },
    "takes too long": {
      program: shellProgram(`${WRITES}; exec sleep 1000`, { timeLimitMs: 100 }),
      kind: "time",
      what: /^took longer than 0\.1 s and was ended$/,
    },
    "floods its standard output with a gigabyte": {
      program: shellProgram("exec dd if=/dev/zero bs=1048576 count=1024"),
      kind: "output",
      what: /^printed more than 65536 bytes \(programs\.maxOutputSize\) and was ended$/,
    },
    "floods its standard error for ever, and ignores that nobody reads it": {
      program: shellProgram(`trap '' TERM PIPE; while :; do echo flood flood flood flood; done >&2`),
      kind: "output",
      what: /^printed more than 65536 bytes/,
    },
    "writes a gigabyte": {
      program: shellProgram(`dd of="$METRICS_FILE" bs=1 count=0 seek=1073741824 </dev/null`),
      kind: "metrics",
      // Where it is slow to end, it is ended.
      what: /^wrote (1073741824 bytes of metrics, more than the 1048576 that it may|more than 1048576 bytes of metrics) \(programs\.maxMetricsSize\)/,
    },
    "writes too much and does not end": {
      program: shellProgram(`dd of="$METRICS_FILE" bs=1 count=0 seek=2000000 </dev/null; exec sleep 1000`),
      kind: "metrics",
      what: /^wrote more than 1048576 bytes of metrics \(programs\.maxMetricsSize\) and was ended$/,
    },
    "writes half a line": {
      program: shellProgram(`printf 'up 1\\ndown' >"$METRICS_FILE"`),
      kind: "metrics",
      what: /^wrote bad metrics: line 2: the line has no end: the text was cut off/,
    },
    "writes bytes that are no text": {
      program: shellProgram(`printf '\\377\\376\\n' >"$METRICS_FILE"`),
      kind: "metrics",
      what: /^wrote metrics that are no UTF-8$/,
    },
    "writes text that is no metrics": {
      program: shellProgram(`printf 'up 1\\n<html>\\n' >"$METRICS_FILE"`),
      kind: "metrics",
      what: /^wrote bad metrics: line 2: ./,
    },
    "removes its file": {
      program: shellProgram(`rm "$METRICS_FILE"`),
      kind: "metrics",
      what: /^left no file where METRICS_FILE names one$/,
    },
    "puts a link in its place": {
      program: shellProgram(`rm "$METRICS_FILE"; ln -s /etc/passwd "$METRICS_FILE"`),
      kind: "metrics",
      what: /^left a link where METRICS_FILE names a file$/,
    },
    "puts a pipe in its place": {
      program: shellProgram(`rm "$METRICS_FILE"; mkfifo "$METRICS_FILE"`),
      kind: "metrics",
      what: /^left something that is no file where METRICS_FILE names one$/,
    },
    "is not there": {
      program: shellProgram("", { command: "/nowhere/dummy" }),
      kind: "start",
      what: /^can't be started: \/nowhere\/dummy, or what its first line names, is not there$/,
    },
    "may not be executed": {
      program: shellProgram("", { command: "/etc/passwd" }),
      kind: "start",
      what: /^can't be started: \/etc\/passwd may not be executed by the agent's user$/,
    },
    "has no working folder": {
      program: shellProgram(WRITES, { workingFolder: "/nowhere" }),
      kind: "start",
      what: /^can't be started: its working folder \/nowhere is not there$/,
    },
    "has longer arguments than the system takes": {
      program: shellProgram(WRITES, { arguments: ["x".repeat(20_000_000)] }),
      kind: "start",
      what: /^can't be started: its arguments and variables are longer than the system takes$/,
    },
  };
  for (const [name, { program, kind, what, options }] of Object.entries(cases)) {
    test(name, async (t) => {
      const run = await runOf(t, program, options);
      assert.equal(run.failure?.kind, kind);
      assert.match(run.failure.what, what);
      assert.deepEqual(run.families, []);
      assert.ok(run.stdout.length <= 65_536 && run.stderr.length <= 65_536);
    });
  }

  test("one that exits with 3 tells that code, and what a signal ended tells that signal below zero", async (t) => {
    assert.equal((await runOf(t, shellProgram("exit 3"))).returncode, 3);
    assert.equal((await runOf(t, shellProgram("kill -KILL $$"))).returncode, -9);
  });
});

describe("what is to end is ended", () => {
  test("softly, so that it may clean up", async (t) => {
    const path = await folder(t);
    const script = `trap 'echo cleaned; exit 0' TERM; : >'${path}/ready'; while :; do sleep 0.05; done`;
    const { run } = await ended(t, path, script, { stopMs: 60_000 });
    assert.deepEqual([run.stdout, run.returncode], ["cleaned\n", 0]);
  });

  test("and hard when that does not help", async (t) => {
    const path = await folder(t);
    const { run } = await ended(t, path, `trap '' TERM; : >'${path}/ready'; while :; do sleep 0.05; done`);
    assert.equal(run.returncode, -9);
  });

  test("with all that it started, whatever it did to stay", async (t) => {
    const path = await folder(t);
    const child = `sh -c 'trap "" TERM HUP INT; while :; do sleep 1000; done'`;
    const script = `trap '' TERM; for i in 1 2 3 4 5 6 7 8 9 10; do ${child} & echo $!; done; : >'${path}/ready'; wait; sleep 1000`;
    const { run } = await ended(t, path, script);
    const pids = pidsIn(run.stdout);
    assert.equal(pids.length, 10);
    await comesTrue(() => !pids.some(isRunning));
  });

  test("also what a program leaves behind that is itself done", async (t) => {
    const run = await runOf(t, shellProgram(`${WRITES}; sleep 1000 & echo $!`));
    assert.equal(run.failure, undefined);
    const pids = pidsIn(run.stdout);
    assert.equal(pids.length, 1);
    await comesTrue(() => !pids.some(isRunning));
  });

  test("a daemon in a session of its own is not waited for, though it holds the output", async (t) => {
    const daemon = `process.stdout.write(String(require("child_process").spawn("sleep", ["1000"], { detached: true, stdio: "inherit" }).pid)); process.exit()`;
    const run = await runOf(t, shellProgram("", { command: process.execPath, arguments: ["-e", daemon] }));
    const pid = Number(run.stdout);
    assert.equal(run.failure, undefined);
    assert.ok(isRunning(pid));
    process.kill(pid, "SIGKILL");
  });

  test("or, where it can't be, is given up, and keeps its turn for as long as it lives", async (t) => {
    const path = await folder(t);
    const runner = testRunner(t, { workers: 1, signalGroup: () => undefined });
    const script = `echo $$ >'${path}/new'; mv '${path}/new' '${path}/pid'; exec sleep 1000`;
    const { failure, metricsFile } = await runner.run(shellProgram(script, { timeLimitMs: 1_000 }), {
      arguments: [],
      signal: NEVER,
    });
    assert.equal(failure?.what, "took longer than 1 s and was ended, and can't be killed");
    assert.ok(existsSync(metricsFile));
    const client = new AbortController();
    const next = runner.run(shellProgram(WRITES), { arguments: [], signal: client.signal });
    await comesTrue(() => existsSync(join(path, "pid")));
    process.kill(Number(await readFile(join(path, "pid"), "utf8")), "SIGKILL");
    assert.equal((await next).failure, undefined);
    assert.ok(!existsSync(metricsFile));
  });

  test("and leaves no zombie", async (t) => {
    const runner = testRunner(t, { workers: 10, queue: 10 });
    const scripts = [
      "exit 0",
      "exit 3",
      "kill -KILL $$",
      "exec yes",
      "sleep 1000 & exit 0",
      "trap '' TERM; sleep 1000",
    ];
    const runs = scripts.map((script) =>
      runner.run(shellProgram(script, { timeLimitMs: 500 }), { arguments: [], signal: NEVER }),
    );
    await Promise.all(runs);
    assert.deepEqual(zombiesOf(process.pid), []);
  });

  test("when the runner stops, and what waits is not started", async (t) => {
    const path = await folder(t);
    const runner = testRunner(t, { workers: 1 });
    const first = runner.run(shellProgram(`: >'${path}/ready'; exec sleep 1000`), { arguments: [], signal: NEVER });
    const second = runner.run(shellProgram(`: >'${path}/second'`), { arguments: [], signal: NEVER });
    await comesTrue(() => existsSync(join(path, "ready")));
    await runner.stop();
    assert.deepEqual([(await first).failure?.kind, (await second).failure?.kind], ["stopped", "stopped"]);
    assert.ok(!existsSync(join(path, "second")));
    assert.ok(!existsSync(dirname((await first).metricsFile)));
  });
});

describe("at most so many programs at once", () => {
  test("run, at most so many wait, and further ones are refused", async (t) => {
    const path = await folder(t);
    const runner = testRunner(t, { workers: 2, queue: 1 });
    const script = `: >'${path}'/$1; until [ -e '${path}/go' ]; do sleep 0.05; done; ${WRITES}`;
    const started = ["a", "b", "c"].map((name) =>
      runner.run(shellProgram(script), { arguments: [name], signal: NEVER }),
    );
    const { failure } = await runner.run(shellProgram(script), { arguments: ["d"], signal: NEVER });
    assert.equal(failure?.kind, "busy");
    assert.equal(failure.what, "was not started: 1 requests wait already, of programs of which 2 run at once");
    await comesTrue(() => existsSync(join(path, "a")) && existsSync(join(path, "b")));
    assert.ok(!existsSync(join(path, "c")));
    const patient = runner.run(shellProgram(script), { arguments: ["e"], signal: NEVER, patient: true });
    await writeFile(join(path, "go"), "");
    for (const run of [...started, patient]) assert.equal((await run).failure, undefined);
    assert.ok(!existsSync(join(path, "d")));
  });

  test("and one whose client has left gives its place in the queue away", async (t) => {
    const path = await folder(t);
    const runner = testRunner(t, { workers: 1, queue: 1 });
    const blocked = runner.run(shellProgram(`until [ -e '${path}/go' ]; do sleep 0.05; done`), {
      arguments: [],
      signal: NEVER,
    });
    const leaving = new AbortController();
    const waiting = runner.run(shellProgram(`: >'${path}/no'`), { arguments: [], signal: leaving.signal });
    leaving.abort();
    assert.equal((await waiting).failure?.kind, "stopped");
    const next = runner.run(shellProgram(WRITES), { arguments: [], signal: NEVER });
    await writeFile(join(path, "go"), "");
    assert.deepEqual([(await blocked).failure, (await next).failure], [undefined, undefined]);
    assert.ok(!existsSync(join(path, "no")));
  });
});

/** Runs until the script has made the file `ready`, and then lets the client leave. */
async function ended(t: TestContext, path: string, script: string, options: Partial<RunnerOptions> = {}) {
  const client = new AbortController();
  const running: Promise<ProgramRun> = testRunner(t, options).run(shellProgram(script), {
    arguments: [],
    signal: client.signal,
  });
  await comesTrue(() => existsSync(join(path, "ready")));
  client.abort();
  const run = await running;
  assert.equal(run.failure?.kind, "stopped");
  assert.ok(!existsSync(dirname(run.metricsFile)));
  return { run };
}
