import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pointsOf } from "../../src/demo/receiver/export-request.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { isRunning } from "../support/processes.ts";
import { arrivals, live } from "./harness/series.ts";
import { startStage } from "./harness/stage.ts";
import { runTallyman, type Tallyman } from "./harness/tallyman.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/programs");
const SLOWLY = { withinMs: 60_000 };

describe("An agent with programs", { concurrency: 3 }, () => {
  test("answers /metrics/NAME, and counts that on /metrics", async (t) => {
    const { agent } = await withPrograms(t, {
      TALLYMAN_PROGRAMS_FOLDER: EXAMPLES,
      TALLYMAN_PROGRAMS_CLIENT_ARGUMENTS: "--target,--verbose",
    });
    const answer = await get(agent, "/metrics/dummy?--target=core-sw01&--verbose");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    assert.equal(valueIn(answer.body, "dummy_up", { target: "core-sw01" }), 1);
    const { stdout, returncode } = JSON.parse((await get(agent, "/metrics/dummy?debug&--verbose")).body);
    assert.match(stdout, /^writing the metrics of nobody to /);
    assert.equal(returncode, 0);
    assert.equal((await get(agent, "/metrics/dummy?--else")).status, 403);
    assert.equal((await get(agent, "/metrics/nothing")).status, 404);
    await eventually(async () => {
      const { body } = await get(agent, "/metrics");
      const counted = (status: string) =>
        valueIn(body, "server_exporter_requests_total", { exporter: "dummy", status });
      assert.deepEqual([counted("200"), counted("403")], [2, 1]);
      assert.equal(valueIn(body, "server_requests_total", { status: "404" }), 1);
      assert.ok((valueIn(body, "server_exporter_seconds_total", { exporter: "dummy" }) ?? 0) > 0);
      assert.ok((valueIn(body, "server_uptime_seconds_total") ?? 0) > 0);
      return true;
    }, SLOWLY);
  });

  test("puts what a program with an interval writes on /metrics and into its pushes, whatever the type", async (t) => {
    const text = [
      ...["# TYPE jobs_total counter", "jobs_total 7", "# TYPE load gauge", "load 1.5"],
      ...["# TYPE took_seconds histogram", 'took_seconds_bucket{le="1"} 2', 'took_seconds_bucket{le="+Inf"} 3'],
      ...["took_seconds_sum 4.5", "took_seconds_count 3"],
      ...["# TYPE size summary", 'size{quantile="0.5"} 10', "size_sum 30", "size_count 3"],
    ];
    const list = {
      batch: {
        command: "/bin/sh",
        arguments: ["-c", `cat >"$METRICS_FILE" <<END\n${text.join("\n")}\nEND`],
        interval: "1s",
      },
    };
    const { agent, stage } = await withPrograms(t, { TALLYMAN_PROGRAMS_LIST: JSON.stringify(list) });
    const names = ["jobs_total", "load", "took_seconds", "size"] as const;
    const points = await eventually(() => {
      const arrived = stage.receiver.requests.flatMap(({ decoded }) => [...pointsOf(decoded)]);
      const newest = Object.fromEntries(
        arrived.map(({ metric, point }) => [metric.name, { kind: metric.kind, point }]),
      );
      return names.every((name) => newest[name] !== undefined) && newest;
    }, SLOWLY);
    assert.deepEqual(
      names.map((name) => points[name]?.kind),
      ["sum", "gauge", "histogram", "summary"],
    );
    assert.equal(points.jobs_total?.point.value, 7);
    assert.equal(points.jobs_total.point.attributes.exporter, "batch");
    assert.deepEqual(points.took_seconds?.point.distribution?.bucketCounts, [2n, 1n]);
    assert.deepEqual(points.size?.point.distribution?.quantiles, [{ quantile: 0.5, value: 10 }]);
    await eventually(
      async () => valueIn((await get(agent, "/metrics")).body, "took_seconds_count", { exporter: "batch" }) === 3,
      SLOWLY,
    );
    const { body } = await get(agent, "/metrics");
    assert.equal(valueIn(body, "tallyman_program_up", { exporter: "batch" }), 1);
    assert.equal(valueIn(body, "size", { exporter: "batch", quantile: "0.5" }), 10);
  });

  test("ends the series of a program that begins to fail, in its pushes too", async (t) => {
    const { agent, stage, folder } = await withPrograms(t, (path) => ({
      TALLYMAN_PROGRAMS_LIST: JSON.stringify({
        job: {
          command: "/bin/sh",
          arguments: ["-c", `echo 'job_up 1' >"$METRICS_FILE"; [ ! -e '${path}/broken' ]`],
          interval: "1s",
        },
      }),
    }));
    await eventually(() => live(stage.receiver, "job_up").length === 1, SLOWLY);
    await writeFile(join(folder, "broken"), "");
    await eventually(() => arrivals(stage.receiver, "job_up").at(-1)?.value === undefined, SLOWLY);
    await eventually(() => live(stage.receiver, "tallyman_program_up", { exporter: "job" })[0]?.value === 0, SLOWLY);
    const line = await agent.logged("A program gave no metrics");
    assert.deepEqual([line.exporter, line.reason], ["job", "exited with code 1"]);
  });

  test("lets no path out of the folder, however it is written", async (t) => {
    const { agent } = await withPrograms(t, {
      TALLYMAN_PROGRAMS_FOLDER: EXAMPLES,
      TALLYMAN_PROGRAMS_CLIENT_ARGUMENTS: "*",
    });
    const paths = [
      ...["/metrics/../bin/sh", "/metrics/..%2f..%2fbin%2fsh", "/metrics/%2e%2e/%2e%2e/bin/sh", "/metrics//bin/sh"],
      ...["/metrics/dummy/../dummy", "/metrics/dummy%00", "/metrics/.dummy", "/metrics/dummy/", "/metrics/%2Fbin%2Fsh"],
      ...["/metrics/programs%5Cdummy", "/metrics/dummy%0a", "/metrics/./dummy", "/metrics/%252e%252e/bin/sh"],
    ];
    for (const path of paths) assert.match(await rawStatus(agent, path), /^HTTP\/1\.1 (400|404) /, path);
    assert.match(await rawStatus(agent, "/metrics/dummy"), /^HTTP\/1\.1 200 /);
  });

  test("is told by `tallyman check` which of them could not be started", async (t) => {
    const { stage, folder } = await withPrograms(t, {});
    const list = { here: { command: "/bin/sh" }, away: { command: "/nowhere/away" }, late: {} };
    const set = { TALLYMAN_PROGRAMS_LIST: JSON.stringify(list), TALLYMAN_PROGRAMS_FOLDER: folder };
    const { code, stdout } = await runTallyman({ ...stage.env, ...set }, "check");
    assert.equal(code, 1);
    assert.match(stdout, /ok +here: \/bin\/sh$/m);
    assert.match(stdout, /FAIL away: \/nowhere\/away: ENOENT$/m);
    assert.match(stdout, /FAIL late is not in \S+ \(programs\.folder\)$/m);
  });

  test("has none unless they are set", async (t) => {
    const { agent } = await withPrograms(t, {});
    assert.equal((await get(agent, "/metrics/dummy")).status, 404);
    assert.doesNotMatch((await get(agent, "/metrics")).body, /^server_|^tallyman_program/m);
  });

  test("ends them when it is stopped, and leaves no file", async (t) => {
    const { agent, folder, programPid } = await withHangingProgram(t);
    const { code } = await agent.end("SIGTERM", 30_000);
    assert.equal(code, 0);
    await eventually(() => !isRunning(programPid), SLOWLY);
    assert.deepEqual(await readdir(join(folder, "tmp")), []);
  });

  test("removes at its start what an agent that was killed left behind", async (t) => {
    const { agent, env, stage, folder, programPid } = await withHangingProgram(t);
    await agent.end("SIGKILL", 30_000);
    process.kill(-programPid, "SIGKILL");
    assert.equal((await readdir(join(folder, "tmp"))).length, 1);
    await rm(join(folder, "pid"));
    const next = stage.start({ ...env, TALLYMAN_PROGRAMS_LIST: JSON.stringify({ other: { command: "/bin/true" } }) });
    const { count } = await next.logged("Folders of programs were removed that a killed agent had left behind");
    assert.equal(count, 1);
    assert.deepEqual(await readdir(join(folder, "tmp")), []);
  });
});

describe("tallyman exporter", { concurrency: 3 }, () => {
  const env = { TALLYMAN_PROGRAMS_FOLDER: EXAMPLES };

  test("prints the metrics and nothing else, with any argument, and exits with 0", async () => {
    const { code, stdout, stderr } = await runTallyman(env, "exporter", "dummy", "--target=a b", "--verbose");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(
      parseExposition(stdout).map(({ name, labels }) => [name, labels.target]),
      [
        ["dummy_up", "a b"],
        ["dummy_time_seconds", "a b"],
      ],
    );
  });

  test("takes the older spelling", async () => {
    const { code, stdout } = await runTallyman(env, "--exporter", "dummy", "--target=x");
    assert.deepEqual([code, valueIn(stdout, "dummy_up", { target: "x" })], [0, 1]);
  });

  test("prints how the run went as JSON with --debug, and what is wrong on standard error with exit code 1", async () => {
    const { code, stdout, stderr } = await runTallyman(env, "exporter", "dummy", "--debug", "--wrong");
    const { returncode, stderr: told, metrics } = JSON.parse(stdout);
    assert.deepEqual([code, returncode, told, metrics], [1, 2, "dummy: unknown argument --wrong\n", ""]);
    assert.equal(stderr, "tallyman: the program dummy exited with code 2: dummy: unknown argument --wrong.");
  });

  test("exits with 2 where there is no such program, and names those that there are", async () => {
    const { code, stdout, stderr } = await runTallyman(env, "exporter", "dumy");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(stderr, "tallyman: there is no program dumy: there are disk.py, dummy.");
    assert.equal(
      (await runTallyman({}, "exporter", "dummy")).stderr,
      "tallyman: there is no program dummy: none is set (programs.list, programs.folder).",
    );
  });

  test("pushes the metrics to a Pushgateway as a job of the program's name, without printing them", async (t) => {
    const requests: { method?: string; url?: string; body: string }[] = [];
    const gateway = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      requests.push({ method: request.method ?? "", url: request.url ?? "", body });
      response.end();
    });
    await new Promise<void>((listening) => gateway.listen(0, "127.0.0.1", listening));
    t.after(() => gateway.close());
    const address = `127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await runTallyman(
      env,
      "exporter",
      "dummy",
      "--pushgateway-address",
      address,
      "--no-print",
    );
    assert.deepEqual([code, stdout, stderr], [0, "", ""]);
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url}`),
      ["PUT /metrics/job/dummy"],
    );
    assert.equal(valueIn(requests[0]?.body ?? "", "dummy_up", { target: "nobody" }), 1);
  });

  test("exits with 1 where the push fails, and with 2 where the address is none", async () => {
    const nowhere = await runTallyman(env, "exporter", "dummy", "--pushgateway-address", "127.0.0.1:1");
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /^tallyman: http:\/\/127\.0\.0\.1:1\/: ECONNREFUSED/);
    assert.equal(valueIn(nowhere.stdout, "dummy_up"), 1);
    assert.equal((await runTallyman(env, "exporter", "dummy", "--pushgateway-address", "http://")).code, 2);
  });
});

type More = Record<string, string>;

/** An agent whose temporary folder is its own, in a folder of the test. */
async function withPrograms(t: TestContext, more: More | ((folder: string) => More)) {
  const stage = await startStage({}, t);
  const folder = await mkdtemp(join(tmpdir(), "tallyman-test-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "tmp"));
  const env = {
    TMPDIR: join(folder, "tmp"),
    TALLYMAN_HTTP_MAX_AGE: "0s",
    ...(typeof more === "function" ? more(folder) : more),
  };
  return { stage, folder, env, agent: stage.start(env) };
}

async function withHangingProgram(t: TestContext) {
  const started = await withPrograms(t, (path) => ({
    TALLYMAN_PROGRAMS_STOP_TIME: "50ms",
    TALLYMAN_PROGRAMS_LIST: JSON.stringify({
      hangs: {
        command: "/bin/sh",
        arguments: [
          "-c",
          `trap '' TERM; echo $$ >'${path}/new'; mv '${path}/new' '${path}/pid'; while :; do sleep 1; done`,
        ],
        interval: "1h",
        timeLimit: "1h",
      },
    }),
  }));
  const pidFile = join(started.folder, "pid");
  await eventually(() => existsSync(pidFile), SLOWLY);
  return { ...started, programPid: Number(await readFile(pidFile, "utf8")) };
}

async function get(agent: Tallyman, path: string) {
  const { url } = await agent.logged("Door opened");
  const response = await fetch(new URL(path, String(url)));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The status line, for paths that no client would send as they are. */
async function rawStatus(agent: Tallyman, path: string): Promise<string> {
  const { url } = await agent.logged("Door opened");
  const { hostname, port } = new URL(String(url));
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer.split("\r\n")[0] ?? "";
}

function valueIn(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const fits = (sample: ReturnType<typeof parseExposition>[number]) =>
    sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return parseExposition(text).find(fits)?.value;
}
