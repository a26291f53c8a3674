import assert from "node:assert/strict";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { seriesKey } from "./expected/series-key.ts";
import { runAgent, startAgent } from "./harness/agent.ts";
import { component } from "./harness/components.ts";
import { freePort } from "./harness/free-port.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { startPushgateway } from "./harness/pushgateway.ts";
import { setUp } from "./harness/set-up.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/programs");
/** What is not stale at once is answered for by Prometheus for five minutes. */
const LONG_BEFORE_LOOKBACK = { withinMs: 60_000 };

// Programs need no engine.
const { prometheus, pushgateway, env, folder } = await setUp(async (own) => {
  const folder = temporaryFolder();
  own({ end: async () => folder.remove() });
  const listen = `127.0.0.1:${await freePort()}`;
  const at = { static_configs: [{ targets: [listen] }] };
  const prometheus = own(
    await startPrometheus({
      scrapes: [
        { job_name: "agent", ...at },
        { job_name: "dummy", metrics_path: "/metrics/dummy", params: { "--target": ["core sw01+$(id)"] }, ...at },
        { job_name: "python", metrics_path: "/metrics/disk.py", params: { "--path": ["/"] }, ...at },
        { job_name: "forbidden", metrics_path: "/metrics/dummy", params: { "--else": ["1"] }, ...at },
      ],
    }),
  );
  const environment = { PYTHONPATH: component("PYTHON_CLIENT") };
  const often = {
    command: "/bin/sh",
    arguments: ["-c", `[ ! -e "$1/broken" ] && exec "$2/disk.py"`, "sh", folder.path, EXAMPLES],
  };
  const env = {
    TALLYMAN_ENGINE_ADDRESS: "unix:///nowhere/docker.sock",
    TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
    TALLYMAN_HTTP_LISTEN: listen,
    TALLYMAN_HTTP_MAX_AGE: "0s",
    TALLYMAN_PROGRAMS_FOLDER: EXAMPLES,
    TALLYMAN_PROGRAMS_CLIENT_ARGUMENTS: "--target,--path",
    TALLYMAN_PROGRAMS_LIST: JSON.stringify({
      "disk.py": { environment },
      disk: { ...often, environment, interval: "1s" },
    }),
  };
  own(startAgent(env));
  return { prometheus, pushgateway: own(await startPushgateway()), env, folder };
});

test("a real Prometheus scrapes the example in shell, with an argument that is any text", async () => {
  await eventuallyPasses(async () => {
    const [up, ...others] = await prometheus.query('dummy_up{job="dummy"}');
    assert.deepEqual([up?.labels.target, up?.value, others], ["core sw01+$(id)", 1, []]);
    assert.deepEqual(await valuesOf('up{job="forbidden"}'), [0]);
  }, LONG_BEFORE_LOOKBACK);
});

test("and the example in Python, which prometheus_client's own text-file writer serves", async () => {
  await eventuallyPasses(async () => {
    const { blocks, bsize } = statfsSync("/");
    assert.deepEqual(await valuesOf('disk_size_bytes{job="python", path="/"}'), [blocks * bsize]);
    assert.deepEqual(await valuesOf('disk_probe_seconds_bucket{job="python", le="+Inf"}'), [1]);
  }, LONG_BEFORE_LOOKBACK);
});

test("a program with an interval gives the same series by push and by pull, histograms too", async () => {
  await eventuallyPasses(async () => {
    const [pushed, pulled] = await Promise.all(["tallyman", "agent"].map(seriesOf));
    assert.ok(pushed?.includes('disk_probe_seconds_bucket{exporter="disk",le="+Inf"}'), `pushed: ${pushed}`);
    assert.deepEqual(pulled, pushed);
    assert.deepEqual(await valuesOf('tallyman_program_up{exporter="disk"}'), [1, 1]);
  }, LONG_BEFORE_LOOKBACK);
});

test("when it fails its series end at once in both, and come back with it", async () => {
  const broken = join(folder.path, "broken");
  writeFileSync(broken, "");
  await eventuallyPasses(async () => {
    assert.deepEqual(await prometheus.query('{__name__=~"disk_.*", exporter="disk"}'), []);
    assert.deepEqual(await valuesOf('tallyman_program_up{exporter="disk"}'), [0, 0]);
  }, LONG_BEFORE_LOOKBACK);
  rmSync(broken);
  await eventuallyPasses(
    async () => assert.equal((await prometheus.query('disk_size_bytes{exporter="disk"}')).length, 2),
    LONG_BEFORE_LOOKBACK,
  );
});

test("requests for programs are counted", async () => {
  await eventuallyPasses(async () => {
    for (const labels of ['exporter="dummy", status="200"', 'exporter="dummy", status="403"', 'exporter="disk.py"']) {
      const [count = 0] = await valuesOf(`server_exporter_requests_total{job="agent", ${labels}}`);
      assert.ok(count > 0, labels);
    }
  }, LONG_BEFORE_LOOKBACK);
});

test("the bundle's own command runs both", async () => {
  const dummy = await runAgent(["exporter", "dummy", "--target=a b"], env);
  assert.deepEqual([dummy.code, dummy.stderr], [0, ""]);
  assert.equal(parseExposition(dummy.stdout)[0]?.labels.target, "a b");
  const disk = await runAgent(["--exporter", "disk.py", "--path=/", "--path=/dev"], env);
  assert.deepEqual([disk.code, disk.stderr], [0, ""]);
  const paths = parseExposition(disk.stdout).filter(({ name }) => name === "disk_size_bytes");
  assert.deepEqual(
    paths.map(({ labels }) => labels.path),
    ["/", "/dev"],
  );
});

test("and pushes to a real Pushgateway, where each push takes the place of the one before", async () => {
  const dummy = ["exporter", "dummy", "--no-print", "--pushgateway-address", pushgateway.address];
  for (const target of ["first", "second"]) {
    assert.deepEqual(await runAgent([...dummy, `--target=${target}`], env), { code: 0, stdout: "", stderr: "" });
  }
  const disk = await runAgent(["--exporter", "disk.py", "--pushgateway-address", pushgateway.address], env);
  assert.deepEqual([disk.code, disk.stderr], [0, ""]);
  const samples = await pushgateway.samples();
  const of = (name: string) => samples.filter((sample) => sample.name === name);
  assert.deepEqual(
    of("dummy_up").map(({ labels }) => [labels.job, labels.target]),
    [["dummy", "second"]],
  );
  const [whole] = of("disk_probe_seconds_bucket").filter(({ labels }) => labels.le === "+Inf");
  assert.deepEqual([whole?.labels.job, whole?.value], ["disk.py", 1]);
});

async function seriesOf(job: string): Promise<string[]> {
  const series = await prometheus.query(`{__name__=~"disk_.*", exporter="disk", job="${job}"}`);
  return series.map(({ name, labels: { job: _, instance: __, ...labels } }) => seriesKey(name, plainly(labels))).sort();
}

/** Prometheus writes a boundary as a float when it scrapes ("1.0", since 3.0), and not when it is pushed to (3.13). */
function plainly({ le, ...labels }: Record<string, string>): Record<string, string> {
  return le === undefined || le === "+Inf" ? { ...labels, ...(le && { le }) } : { ...labels, le: String(Number(le)) };
}

async function valuesOf(promql: string): Promise<number[]> {
  return (await prometheus.query(promql)).map(({ value }) => value);
}
