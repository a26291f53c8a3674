import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { ListedProgram } from "../../src/programs/find-program.ts";
import { programRoutes } from "../../src/programs/program-routes.ts";
import type { RunnerOptions } from "../../src/programs/program-runner.ts";
import { createRunJournal } from "../../src/programs/run-journal.ts";
import { recordingTelemetry } from "../engine/recording-telemetry.ts";
import { comesTrue, folder, NEVER, shellProgram, testRunner } from "./programs.ts";

describe("/metrics/NAME", () => {
  test("answers what the program wrote, as Prometheus text", async (t) => {
    const { get } = door(t, { dummy: shellProgram(`echo noise; printf '# TYPE up gauge\\nup 1\\n' >"$METRICS_FILE"`) });
    assert.deepEqual(await get("/metrics/dummy"), {
      status: 200,
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: "# TYPE up gauge\nup 1\n",
    });
  });

  test("gives the program the query as its arguments, where they are allowed", async (t) => {
    const script = `for a; do printf 'argument{is="%s"} 1\\n' "$a"; done >"$METRICS_FILE"`;
    const { get } = door(t, { dummy: shellProgram(script, { clientArguments: ["--target", "--verbose"] }) });
    const { body } = await get("/metrics/dummy", "--target=core%20sw01&--verbose&--target=$(id)");
    assert.equal(
      body,
      'argument{is="--target=core sw01"} 1\nargument{is="--verbose"} 1\nargument{is="--target=$(id)"} 1\n',
    );
  });

  test("answers how the run went to ?debug, also when it went badly", async (t) => {
    const { get } = door(t, {
      good: shellProgram(`echo out; echo err >&2; echo 'up 1' >"$METRICS_FILE"`),
      bad: shellProgram(`echo 'up 1' >"$METRICS_FILE"; exit 3`),
    });
    const good = await get("/metrics/good", "debug");
    assert.deepEqual([good.status, good.headers], [200, { "content-type": "application/json" }]);
    const { "metrics-filename": path, ...told } = JSON.parse(good.body);
    assert.deepEqual(told, { returncode: 0, stdout: "out\n", stderr: "err\n", metrics: "up 1\n" });
    assert.match(path, /metrics\.prom$/);
    assert.ok(!existsSync(path));
    const bad = await get("/metrics/bad", "debug");
    assert.equal(bad.status, 500);
    const { returncode, metrics, error } = JSON.parse(bad.body);
    assert.deepEqual([returncode, metrics, error], [3, "up 1\n", "exited with code 3"]);
  });

  const CASES: Record<
    string,
    { path?: string; query?: string; program?: ListedProgram; status: number; body: RegExp }
  > = {
    "an unknown program": { path: "/metrics/other", status: 404, body: /^There is no such program\.\n$/ },
    "no program": { path: "/metrics/", status: 404, body: /^There is no such program\.\n$/ },
    "a path beneath one": { path: "/metrics/dummy/more", status: 404, body: /no such program/ },
    "an argument that is not allowed": {
      query: "--x=1",
      status: 403,
      body: /^The program dummy gets no argument "--x=1" from a client \(clientArguments allows which\)\.\n$/,
    },
    "a query that can't be decoded": { query: "--x=%zz", status: 400, body: /^The query is not percent-encoded/ },
    "a program that fails": {
      program: shellProgram("echo oh >&2; exit 3"),
      status: 500,
      body: /^The program dummy exited with code 3: oh\.\n$/,
    },
    "a program that can't be started": {
      program: shellProgram("", { command: "/nowhere/dummy" }),
      status: 500,
      body: /^The program dummy can't be started: \/nowhere\/dummy/,
    },
    "a program that floods": {
      program: shellProgram("exec yes"),
      status: 500,
      body: /^The program dummy printed more than 65536 bytes/,
    },
    "a program that hangs": {
      program: shellProgram("exec sleep 1000", { timeLimitMs: 100 }),
      status: 504,
      body: /^The program dummy took longer than 0\.1 s and was ended\.\n$/,
    },
    "bad metrics": {
      program: shellProgram(`echo '<html>' >"$METRICS_FILE"`),
      status: 502,
      body: /^The program dummy wrote bad metrics: line 1: /,
    },
    "half a line": {
      program: shellProgram(`printf 'up 1' >"$METRICS_FILE"`),
      status: 502,
      body: /^The program dummy wrote bad metrics: line 1: the line has no end/,
    },
  };
  for (const [name, { path = "/metrics/dummy", query = "", program, status, body }] of Object.entries(CASES)) {
    test(`answers ${status} to ${name}, and says what it is`, async (t) => {
      const { get } = door(t, { dummy: program ?? shellProgram("") });
      const answer = await get(path, query);
      assert.equal(answer.status, status);
      assert.match(answer.body, body);
    });
  }

  test("answers 503 and when to come again, where too many wait", async (t) => {
    const path = await folder(t);
    const script = `: >'${path}/ready'; until [ -e '${path}/go' ]; do sleep 0.05; done`;
    const { get } = door(t, { dummy: shellProgram(script) }, { workers: 1, queue: 0 });
    const first = get("/metrics/dummy");
    await comesTrue(() => existsSync(join(path, "ready")));
    const { status, headers, body } = await get("/metrics/dummy");
    assert.deepEqual([status, headers], [503, { "retry-after": "1" }]);
    assert.match(body, /^The program dummy was not started: 0 requests wait already/);
    await writeFile(join(path, "go"), "");
    assert.equal((await first).status, 200);
  });

  test("ends the program when the client has gone", async (t) => {
    const path = await folder(t);
    const { get } = door(t, { dummy: shellProgram(`: >'${path}/ready'; exec sleep 1000`) });
    const client = new AbortController();
    const answer = get("/metrics/dummy", "", client.signal);
    await comesTrue(() => existsSync(join(path, "ready")));
    client.abort();
    assert.equal((await answer).status, 503);
  });

  test("counts each request by program and status, and how long programs took", async (t) => {
    const { get, telemetry } = door(t, { dummy: shellProgram(""), bad: shellProgram("exit 1") });
    for (const name of ["dummy", "dummy", "bad", "unknown"]) await get(`/metrics/${name}`);
    const { "server_exporter_seconds_total{exporter=dummy}": seconds = 0, ...counted } = telemetry.counted();
    assert.equal(counted["server_exporter_requests_total{exporter=dummy,status=200}"], 2);
    assert.equal(counted["server_exporter_requests_total{exporter=bad,status=500}"], 1);
    assert.equal(counted["tallyman_program_runs_total{exporter=bad,outcome=exit}"], 1);
    assert.ok(seconds > 0);
    assert.ok(!Object.keys(counted).some((name) => name.includes("unknown")));
  });

  test("says once that a program fails, again when in another way, and when it does no more", async (t) => {
    const path = await folder(t);
    const { get, telemetry } = door(t, { dummy: shellProgram(`. '${path}/does'`) });
    for (const does of ["exit 1", "exit 2", "echo x >$METRICS_FILE", "exit 3", "exit 0", "exit 0", "exit 1"]) {
      await writeFile(join(path, "does"), `${does}\n`);
      await get("/metrics/dummy");
    }
    const failed = "warn: A program gave no metrics";
    assert.deepEqual(telemetry.aloud(), [failed, failed, "info: A program gives metrics again", failed]);
    assert.deepEqual(telemetry.said[0]?.fields, { exporter: "dummy", reason: "exited with code 1" });
  });
});

function door(t: TestContext, list: Record<string, ListedProgram>, options: Partial<RunnerOptions> = {}) {
  const telemetry = recordingTelemetry();
  const [route] = programRoutes({
    choice: { list, timeLimitMs: 120_000, clientArguments: [] },
    runner: testRunner(t, options),
    journal: createRunJournal(telemetry),
    telemetry,
  });
  assert.equal(route?.path, "/metrics/");
  return {
    telemetry,
    async get(path: string, query = "", signal = NEVER) {
      const answer = await route.answer({ method: "GET", path, query, headers: {}, signal });
      return { ...answer, body: String(answer.body) };
    },
  };
}
