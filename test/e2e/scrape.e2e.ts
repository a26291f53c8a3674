import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { tlsFile } from "../support/tls.ts";
import { seriesKey } from "./expected/series-key.ts";
import { isComplaint, runAgent, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { freePort } from "./harness/free-port.ts";
import { startPopulation } from "./harness/population.ts";
import { type Series, startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

/** What is not stale at once is answered for by Prometheus for five minutes. */
const LONG_BEFORE_LOOKBACK = { withinMs: 60_000 };

const { engine, prometheus, agent, env, folder, puller } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await startPopulation(engine);
  await engine.docker("run", "-d", "--name", "goes", "bb", "sleep", "1d");
  const folder = temporaryFolder();
  own({ end: async () => folder.remove() });
  const token = join(folder.path, "token");
  const password = join(folder.path, "password");
  writeFileSync(token, "let-me-in\n");
  writeFileSync(password, "pass:wörd\n");
  const [pushing, pulling] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const secured = { scheme: "https", tls_config: { ca_file: tlsFile("ca.crt") } };
  const at = (target: string) => ({ static_configs: [{ targets: [target] }] });
  const prometheus = own(
    await startPrometheus({
      scrapes: [
        { job_name: "token", ...secured, authorization: { credentials_file: token }, ...at(pushing) },
        {
          job_name: "basic",
          ...secured,
          basic_auth: { username: "prometheus", password_file: password },
          ...at(pushing),
        },
        { job_name: "stranger", ...secured, authorization: { credentials: "let-me-inn" }, ...at(pushing) },
        { job_name: "nobody", ...secured, ...at(pushing) },
        { job_name: "pull-only", ...at(pulling) },
      ],
    }),
  );
  const env = {
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
    TALLYMAN_HTTP_LISTEN: pushing,
    TALLYMAN_HTTP_TLS_CERT: tlsFile("server.crt"),
    TALLYMAN_HTTP_TLS_KEY: tlsFile("server.key"),
    TALLYMAN_HTTP_BEARER_TOKEN_FILE: token,
    TALLYMAN_HTTP_USERNAME: "prometheus",
    TALLYMAN_HTTP_PASSWORD_FILE: password,
  };
  const agent = own(startAgent(env));
  const puller = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENABLED: "false",
      TALLYMAN_HTTP_LISTEN: pulling,
    }),
  );
  return { engine, prometheus, agent, env, folder, puller };
});

test("a real Prometheus scrapes it with a token and with a password, and others get nothing", async () => {
  await eventuallyPasses(async () => {
    const up = await prometheus.query("up");
    assert.deepEqual(Object.fromEntries(up.map(({ labels, value }) => [labels.job, value])), {
      token: 1,
      basic: 1,
      stranger: 0,
      nobody: 0,
      "pull-only": 1,
    });
  }, LONG_BEFORE_LOOKBACK);
});

test("push and pull give the same series of every container, and the same numbers of one that stands still", async () => {
  await eventuallyPasses(async () => {
    const [pushed, pulled, pulledAlone] = await Promise.all(["tallyman", "token", "pull-only"].map(seriesOf));
    assert.ok(pushed && pulled && pulledAlone && pushed.size > 500, `${pushed?.size} series were pushed`);
    for (const other of [pulled, pulledAlone]) assert.deepEqual([...other.keys()].sort(), [...pushed.keys()].sort());
    const still = [...pushed].filter(([key]) => key.includes('name="pop-paused"') && !MOVES.test(key));
    assert.ok(still.length > 30, `only ${still.length} series stand still`);
    for (const [key, value] of still) assert.deepEqual([pulled.get(key), pulledAlone.get(key)], [value, value], key);
  }, LONG_BEFORE_LOOKBACK);
});

test("a removed container's series are stale at once", async () => {
  assert.notEqual(await count('{name="goes", job="token"}'), 0);
  await engine.docker("rm", "-f", "goes");
  await eventuallyPasses(async () => assert.equal(await count('{name="goes"}'), 0), LONG_BEFORE_LOOKBACK);
});

test("tallyman health finds it well, through its certificate and login", async () => {
  const well = { code: 0, stdout: "healthy", stderr: "" };
  await eventuallyPasses(async () => assert.deepEqual(await runAgent(["health"], env), well), LONG_BEFORE_LOOKBACK);
});

test("while the engine is away its containers' series are gone, and the agent itself stays up", async () => {
  await engine.crash();
  await eventuallyPasses(async () => {
    assert.equal(await count('{name=~"pop-.*"}'), 0);
    for (const job of ["token", "pull-only"]) {
      assert.deepEqual(await valuesOf(`up{job="${job}"}`), [1]);
      assert.deepEqual(await valuesOf(`tallyman_engine_up{job="${job}"}`), [0]);
      assert.deepEqual(await valuesOf(`container_scrape_error{job="${job}"}`), [1]);
    }
  }, LONG_BEFORE_LOOKBACK);
  const { code, stdout } = await runAgent(["health"], env);
  assert.equal(code, 1);
  assert.match(stdout, /^unhealthy: the engine can't be reached/);
});

test("when the engine is back its containers are scraped again", async () => {
  await engine.start();
  await eventuallyPasses(async () => {
    for (const job of ["token", "pull-only"])
      assert.equal((await valuesOf(`container_last_seen{job="${job}", name="pop-plain"}`)).length, 1);
  }, LONG_BEFORE_LOOKBACK);
});

test("a token that is renewed is taken up without a restart", async () => {
  writeFileSync(join(folder.path, "token"), "let-me-inn\n");
  await eventuallyPasses(async () => assert.deepEqual(await valuesOf('up{job="stranger"}'), [1]), LONG_BEFORE_LOOKBACK);
});

test("nobody was told of a trouble but the engine's absence, and both stop cleanly", async () => {
  for (const one of [agent, puller]) {
    const complaints = one.log().filter(isComplaint);
    assert.deepEqual(
      complaints.filter(({ message }) => !OF_THE_ABSENCE.test(message)),
      [],
    );
    assert.equal((await one.stop()).code, 0);
  }
});

/** The sweep that was under way finds containers that can't be read any more. */
const OF_THE_ABSENCE = /^(Engine can't be reached|Containers could not be read)/;

/** Of a container that is paused: the clock, and what the network delivers to it. */
const MOVES = /^container_(last_seen|network_receive_\w+)\{/;

async function seriesOf(job: string): Promise<Map<string, number>> {
  const series = await prometheus.query(`{name=~"pop-.*", job="${job}"}`);
  return new Map(series.map(withoutTarget));
}

/** `job` and `instance` tell where it came from. */
function withoutTarget({ name, labels: { job: _, instance: __, ...labels }, value }: Series): [string, number] {
  return [seriesKey(name, labels), value];
}

/** Rather than the series themselves: of a thousand, an assertion would take half a minute to say how they differ. */
async function count(promql: string): Promise<number> {
  return (await prometheus.query(promql)).length;
}

async function valuesOf(promql: string): Promise<number[]> {
  return (await prometheus.query(promql)).map(({ value }) => value);
}
