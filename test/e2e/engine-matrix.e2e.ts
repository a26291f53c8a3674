import assert from "node:assert/strict";
import { test } from "node:test";
import { eventuallyPasses } from "../support/eventually.ts";
import { bracketed } from "./expected/bracketed.ts";
import { differences } from "./expected/differences.ts";
import { type Agent, isComplaint, startAgent } from "./harness/agent.ts";
import { component } from "./harness/components.ts";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { RESTLESS, startPopulation } from "./harness/population.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { startRecordingProxy } from "./harness/recording-proxy.ts";
import { setUp } from "./harness/set-up.ts";

/** The machine's own is bookworm's 20.10; trixie's was 26.1.5 and sid's 28.5.2 when this was written. */
const BINARIES = { trixie: component("ENGINE_TRIXIE"), sid: component("ENGINE_SID") };

const { engines, prometheus, own } = await setUp(async (own) => {
  const prometheus = own(await startPrometheus());
  const older = own(await startDockerEngine());
  const middle = own(await startDockerEngine({ binaries: BINARIES.trixie }));
  const newer = own(await startDockerEngine({ binaries: BINARIES.sid }));
  const engines = { older, middle, newer };
  await Promise.all(Object.values(engines).map(startPopulation));
  return { engines, prometheus };
});
const versions = await mapValues(engines, async ({ client }) => (await client.info()).ServerVersion ?? "");
const apiVersions = await mapValues(engines, async ({ docker }) => docker("version", "-f", "{{.Server.APIVersion}}"));

test("three releases of the engine are there side by side", (t) => {
  t.diagnostic(`engines ${JSON.stringify(versions)}, their APIs ${JSON.stringify(apiVersions)}`);
  assert.equal(new Set(Object.values(versions)).size, 3, JSON.stringify(versions));
  assert.equal(new Set(Object.values(apiVersions)).size, 3, JSON.stringify(apiVersions));
});

for (const [which, engine] of Object.entries(engines)) {
  const version = versions[which as keyof typeof versions];
  const resource = { job: "tallyman", instance: `engine ${version}` };
  const agent = own(watch(engine.address, resource.instance));

  test(`engine ${version}: every series of every container is in Prometheus with the engine's own number`, async () => {
    await eventuallyPasses(
      async () => {
        const bracket = await bracketed({ client: engine.client, prometheus, resource, name: "pop-.*" });
        assert.ok(bracket.before.size > 500, `only ${bracket.before.size} series`);
        assert.deepEqual(differences({ ...bracket, restless: RESTLESS }), []);
      },
      { withinMs: 90_000 },
    );
  });

  test(`engine ${version}: a removed container ends, and nothing was to complain of`, async () => {
    await engine.docker("rm", "-f", "pop-plain");
    await eventuallyPasses(
      async () => {
        const left = await prometheus.query(`{name="pop-plain", instance="${resource.instance}"}`);
        assert.deepEqual(left, []);
      },
      { withinMs: 20_000 },
    );
    assert.deepEqual(agent.log().filter(isComplaint), []);
    assert.equal((await agent.stop()).code, 0);
  });
}

const UPGRADED = { job: "tallyman", instance: "upgraded" };

test("an engine that is upgraded and downgraded under the running agent is read on as what it is then", async () => {
  const { older, newer } = engines;
  await older.docker("run", "-d", "--name", "of-older", "bb", "sleep", "1d");
  await newer.docker("run", "-d", "--name", "of-newer", "bb", "sleep", "1d");
  const proxy = own(await startRecordingProxy(older.socketPath));
  const agent = own(watch(proxy.address, UPGRADED.instance));
  await becomes("older", { alone: "of-older" });
  proxy.turnTo(newer.socketPath);
  await becomes("newer", { alone: "of-newer" });
  proxy.turnTo(older.socketPath);
  await becomes("older", { alone: "of-older" });
  assert.equal(agent.ended(), undefined);
  assert.deepEqual(apisOf(proxy.requests), [apiVersions.older, apiVersions.newer, apiVersions.older]);

  async function becomes(which: "older" | "newer", { alone }: { alone: string }) {
    await eventuallyPasses(
      async () => {
        const found = await prometheus.query('cadvisor_version_info{instance="upgraded"}');
        assert.deepEqual(
          found.map(({ labels }) => labels.dockerVersion),
          [versions[which]],
        );
        const names = await prometheus.query('container_cpu_usage_seconds_total{instance="upgraded", name=~"of-.*"}');
        assert.deepEqual(
          names.map(({ labels }) => labels.name),
          [alone],
        );
      },
      { withinMs: 30_000 },
    );
    // The size on disk comes at an interval of its own.
    await eventuallyPasses(
      async () => {
        const { client } = engines[which];
        const bracket = await bracketed({ client, prometheus, resource: UPGRADED, name: "pop-paused" });
        assert.deepEqual(differences({ ...bracket, restless: [] }), []);
      },
      { withinMs: 60_000 },
    );
  }
});

function watch(address: string, instance: string): Agent {
  return startAgent({
    TALLYMAN_ENGINE_ADDRESS: address,
    TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
    TALLYMAN_RESOURCE_INSTANCE_ID: instance,
    TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
    TALLYMAN_METRICS_GROUPS_SIZE: "true",
    TALLYMAN_METRICS_PROCESSES_INTERVAL: "1s",
    TALLYMAN_METRICS_SIZE_INTERVAL: "10s",
  });
}

/** The versions that were asked for, in their order, each once in a row: "GET /v1.41/info" is 1.41. */
function apisOf(requests: readonly string[]): string[] {
  const asked = requests.flatMap((request) => /^[A-Z]+ \/v(\d+\.\d+)\//.exec(request)?.[1] ?? []);
  return asked.filter((version, i) => version !== asked[i - 1]);
}

async function mapValues<Key extends string>(
  record: Record<Key, DockerEngine>,
  of: (engine: DockerEngine) => Promise<string>,
): Promise<Record<Key, string>> {
  const entries = Object.entries(record) as [Key, DockerEngine][];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, engine]) => [key, await of(engine)] as const)),
  ) as Record<Key, string>;
}
