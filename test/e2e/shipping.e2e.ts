import assert from "node:assert/strict";
import { chownSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { before, test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { seriesKey } from "./expected/series-key.ts";
import { setUp } from "./harness/set-up.ts";
import { startShippingEngine } from "./harness/shipping-engine.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const README = readFileSync(resolve(ROOT, "README.md"), "utf8");
const AGENT = "tallyman-tallyman-1";
const { engine } = await setUp(async (own) => ({ engine: own(await startShippingEngine()) }));

// What README.md tells a newcomer to type.
before(async () => {
  assert.match(README, /^docker compose -f compose\.example\.yml up -d$/m);
  await engine.compose("-f compose.example.yml up -d");
});

test("the compose file's containers appear in Prometheus, read through the socket proxy", async () => {
  await eventuallyPasses(
    async () => {
      const services = await values("container_last_seen", "container_label_com_docker_compose_service");
      assert.deepEqual(services.sort(), ["docker-socket-proxy", "prometheus", "tallyman"]);
    },
    { withinMs: 60_000 },
  );
  assert.deepEqual(await values("tallyman_engine_up", "__name__"), ["tallyman_engine_up"]);
});

test("every series is in Prometheus under the name and labels of the agent's own text page", everySeriesArrives);

test("behind a proxy too the agent knows that it runs on the engine's machine, whose instance it is", async () => {
  const { Name: host = "", MemTotal: memoryBytes } = JSON.parse(await engine.docker("info", "-f", "{{json .}}"));
  assert.deepEqual(await values("machine_memory_bytes", "instance"), [host]);
  assert.ok(memoryBytes > 0);
  assert.deepEqual(await values(`machine_memory_bytes == ${memoryBytes}`, "job"), ["tallyman"]);
});

test("names of block devices can be had inside of the container, without any mount", async () => {
  const script = "process.stdout.write(require('node:fs').readFileSync('/proc/diskstats', 'utf8'))";
  const names = (text: string) => [...text.matchAll(/^ *(\d+ +\d+ \S+)/gm)].map(([, name]) => name);
  assert.deepEqual(names(await engine.inside(AGENT, script)), names(readFileSync("/proc/diskstats", "utf8")));
});

test("the agent runs as nobody in particular, with no capability, on a root file system that it can't write", async () => {
  const script = "process.stdout.write(require('node:fs').readFileSync('/proc/1/status', 'utf8'))";
  const status = await engine.inside(AGENT, script);
  assert.match(status, /^Uid:\t65532\t65532\t65532\t65532$/m);
  assert.match(status, /^CapEff:\t0+$/m);
  assert.match(status, /^CapBnd:\t0+$/m);
  assert.match(status, /^NoNewPrivs:\t1$/m);
  await assert.rejects(engine.inside(AGENT, "require('node:fs').writeFileSync('/tallyman/file', '')"), /EROFS/);
});

test("there is no shell in the image", async () => {
  for (const shell of ["/bin/sh", "/bin/bash"]) {
    await assert.rejects(engine.docker("exec", AGENT, shell, "-c", "true"), ({ stdout, stderr }) => {
      assert.match(`${stdout}${stderr}`, /no such file/);
      return true;
    });
  }
});

test("the proxy lets nothing through but what Tallyman reads", async () => {
  const status = (method: string, path: string) =>
    engine.inside(
      AGENT,
      `fetch("http://docker-socket-proxy:2375${path}", { method: "${method}" }).then((r) => console.log(r.status))`,
    );
  for (const path of ["/_ping", "/version", "/info", "/containers/json"])
    assert.equal(await status("GET", path), "200");
  for (const path of ["/images/json", "/networks", "/volumes", "/secrets", "/swarm"])
    assert.equal(await status("GET", path), "403", path);
  assert.equal(await status("POST", `/containers/${AGENT}/stop`), "403");
  assert.equal(await status("DELETE", `/containers/${AGENT}`), "403");
});

test("nobody but the agent reaches the proxy", async () => {
  await assert.rejects(fromBesidePrometheus("http://docker-socket-proxy:2375/_ping"), ({ stderr }) => {
    assert.match(stderr, /(ENOTFOUND|EAI_AGAIN) docker-socket-proxy/);
    return true;
  });
});

test("the agent's log holds no complaint, and nothing that is no log line", async () => {
  const lines = (await engine.log(AGENT)).split("\n");
  // Prometheus may not listen yet when the first push goes out; that is said, and that it is over too.
  const early = /Exports fail|Exports arrive again/;
  for (const line of lines.filter((text) => !early.test(text))) {
    assert.equal(JSON.parse(line).level, "info", line);
  }
  assert.ok(lines.some((line) => line.includes("Exports arrive")));
});

test("what is ours in the image is small", async (t) => {
  const size = async (image: string) => Number(await engine.docker("image", "inspect", "-f", "{{.Size}}", image));
  const [whole, base] = [await size("tallyman"), await size("gcr.io/distroless/nodejs24-debian12")];
  t.diagnostic(`${Math.round(whole / 1e6)} MB, of which ${((whole - base) / 1e6).toFixed(1)} MB are Tallyman`);
  assert.ok(whole - base < 2e6);
});

test("the engine finds the agent healthy, and says what it found", async () => {
  await eventuallyPasses(
    async () => {
      const health = JSON.parse(await engine.docker("inspect", "-f", "{{json .State.Health}}", AGENT));
      assert.equal(health.Status, "healthy", JSON.stringify(health));
      assert.equal(health.Log.at(-1).Output, "healthy\n");
    },
    { withinMs: 120_000, everyMs: 1_000 },
  );
});

test("the door is open to the other containers of its networks", async () => {
  const health = await fromBesidePrometheus("http://tallyman:9103/health");
  assert.deepEqual(JSON.parse(health), { status: "healthy", docker: "connected" });
  const page = parseExposition(await fromBesidePrometheus("http://tallyman:9103/metrics"));
  assert.ok(page.some(({ name, labels }) => name === "container_last_seen" && labels.name === "tallyman-prometheus-1"));
});

test("the README's check, typed into the running container, says that all is well", async () => {
  const [, command = ""] = /^docker compose (-f compose\.example\.yml exec .*)$/m.exec(README) ?? [];
  assert.match(await engine.compose(command.replace("exec", "exec -T")), /All is well/);
});

/** What another container of Prometheus' network is answered. */
function fromBesidePrometheus(url: string): Promise<string> {
  const script = `fetch("${url}").then(async (response) => console.log(await response.text()))`;
  const node = ["--entrypoint", "/nodejs/bin/node", "tallyman", "-e", script];
  return engine.docker("run", "--rm", "--network", "tallyman_metrics", ...node);
}

test("compose accepts every file in deploy/", async () => {
  const files = readdirSync(resolve(ROOT, "deploy")).filter((name) => name.endsWith(".yml"));
  assert.ok(files.length >= 3);
  const env = { DOCKER_GID: "999", TALLYMAN_OTLP_ENDPOINT: "http://collector.example:4318" };
  for (const file of files) assert.match(await engine.compose(`-f deploy/${file} config`, env), /^name: tallyman$/m);
});

test("`docker stop` is heeded well before it becomes a kill, and nothing stale stays", async () => {
  await engine.docker("stop", "--time", "5", AGENT);
  assert.equal(await engine.docker("inspect", "-f", "{{.State.ExitCode}}", AGENT), "0");
  await eventuallyPasses(async () => assert.deepEqual(await values("container_last_seen", "name"), []), {
    withinMs: 10_000,
  });
});

for (const [service, name] of Object.entries({ collector: "the Collector", alloy: "Alloy" })) {
  test(`with ${name} in between, by its compose file and configuration, the same series arrive and end`, async () => {
    await engine.compose(`-f deploy/compose.${service}.yml up -d`);
    await eventuallyPasses(
      async () => {
        const services = await values("container_last_seen", "container_label_com_docker_compose_service");
        assert.deepEqual(services.sort(), [service, "docker-socket-proxy", "prometheus", "tallyman"].sort());
      },
      { withinMs: 60_000 },
    );
    const env = JSON.parse(await engine.docker("inspect", "-f", "{{json .Config.Env}}", AGENT)) as string[];
    assert.ok(env.includes(`TALLYMAN_OTLP_ENDPOINT=http://${service}:4317`));
    await everySeriesArrives();
    await engine.docker("stop", "--time", "5", AGENT);
    await eventuallyPasses(async () => assert.deepEqual(await values("container_last_seen", "name"), []), {
      withinMs: 10_000,
    });
    await engine.docker("rm", "-f", AGENT, `tallyman-${service}-1`, "tallyman-docker-socket-proxy-1");
  });
}

test("on the socket itself the agent needs no more than the socket's group", async () => {
  const group = 4242;
  chownSync(engine.socketPath, 0, group);
  await engine.compose("-f deploy/compose.socket.yml up -d", {
    DOCKER_GID: String(group),
    TALLYMAN_OTLP_ENDPOINT: "http://prometheus:9090/api/v1/otlp/v1/metrics",
  });
  // The receiver is elsewhere in that file; here it is the other one's.
  await engine.docker("network", "connect", "tallyman_metrics", AGENT);
  await eventuallyPasses(
    async () => {
      const newest = await values("container_last_seen > (time() - 20)", "container_label_com_docker_compose_service");
      assert.deepEqual(newest.sort(), ["prometheus", "tallyman"]);
    },
    { withinMs: 60_000 },
  );
  const groups = await engine.inside(AGENT, "console.log(process.getuid(), process.getgroups().join())");
  assert.match(groups, /^65532 .*\b4242\b/);
});

async function everySeriesArrives() {
  await eventuallyPasses(
    async () => {
      const read = await seriesRead();
      assert.ok(read.length > 100, `${read.length} series`);
      assert.deepEqual(await seriesArrived(), read);
    },
    { withinMs: 45_000, everyMs: 2_000 },
  );
}

/** Names and labels of all that the agent reads of containers and machine, by its own text page. */
async function seriesRead(): Promise<string[]> {
  const page = await engine.docker("exec", AGENT, "/nodejs/bin/node", "tallyman.mjs", "once");
  return parseExposition(page)
    .filter(({ name }) => !name.startsWith("tallyman_"))
    .map(({ name, labels }) => seriesKey(name, labels))
    .sort();
}

/** The same as Prometheus has them, but for what it takes from the resource. */
async function seriesArrived(): Promise<string[]> {
  const series = await query('{job="tallyman", __name__!~"tallyman_.*|target_info"}');
  return series.map(({ __name__: name = "", job: _, instance: __, ...labels }) => seriesKey(name, labels)).sort();
}

/** The values of a label in the answer to a query. */
async function values(promql: string, label: string): Promise<string[]> {
  return (await query(promql)).map((metric) => metric[label] ?? "");
}

/** Asked where a person asks: at Prometheus' own port. */
async function query(promql: string): Promise<Record<string, string>[]> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(promql)}`;
  const reply = await engine.docker("exec", "tallyman-prometheus-1", "wget", "-qO-", url);
  const { data } = JSON.parse(reply) as { data: { result: { metric: Record<string, string> }[] } };
  return data.result.map(({ metric }) => metric);
}
