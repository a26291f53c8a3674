import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseExposition, type Sample } from "../support/exposition.ts";
import { live } from "./harness/series.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import { runTallyman } from "./harness/tallyman.ts";

// The engine is the same for all; each test asks it once, with settings of its own.
let stage: Stage;
before(async () => {
  stage = await startStage();
  const { containers } = stage.engine;
  const labels = { "com.example.team": "shop", "com.example.build": "77", "com.docker.compose.config-hash": "3ad15d" };
  const env = ["APP_VERSION=2.1", "DB_PASSWORD=hush-hush"];
  containers.run({ name: "shop-web-1", image: "nginx:1.29", labels, env });
  containers.run({ name: "shop-db-1", image: "postgres:17", labels: { "com.example.team": "data" } });
  containers.run({ name: "scratch", image: "busybox:1", labels: { "tallyman.enable": "false" } });
  containers.run({ name: "job", image: "registry.example/ops/job:3" });
  containers.exit("job", 4);
});
after(() => stage.close());

describe("Which containers are read", { concurrency: 3 }, () => {
  test("all but those that switch it off themselves, stopped ones by their state alone", async () => {
    const samples = await once();
    assert.deepEqual(namesOf(samples), ["job", "shop-db-1", "shop-web-1"]);
    const ofTheJob = samples.filter(({ labels }) => labels.name === "job").map(({ name, value }) => [name, value]);
    assert.deepEqual(Object.fromEntries(ofTheJob), {
      container_state: 0,
      container_paused: 0,
      container_restarts_total: 0,
      container_exit_code: 4,
    });
  });

  const CHOICES: [Record<string, string>, string[]][] = [
    [
      { TALLYMAN_CONTAINERS_INCLUDE_NAMES: "shop-*", TALLYMAN_CONTAINERS_EXCLUDE_LABELS: "*.team=data" },
      ["shop-web-1"],
    ],
    [{ TALLYMAN_CONTAINERS_INCLUDE_IMAGES: "registry.example/*,nginx:*" }, ["job", "shop-web-1"]],
    [{ TALLYMAN_CONTAINERS_INCLUDE_LABELS: "*.team", TALLYMAN_CONTAINERS_EXCLUDE_IMAGES: "nginx:*" }, ["shop-db-1"]],
    [{ TALLYMAN_CONTAINERS_EXCLUDE_NAMES: "*-db-*, job" }, ["shop-web-1"]],
  ];
  for (const [env, names] of CHOICES) {
    test(`${Object.entries(env)
      .map((pair) => pair.join("="))
      .join(" ")} leaves ${names.join(", ")}`, async () => {
      assert.deepEqual(namesOf(await once(env)), names);
    });
  }
});

describe("Which labels there are", { concurrency: 3 }, () => {
  test("the container's own, but those that leak or churn, and no environment variable", async () => {
    assert.deepEqual(labelsOfWeb(await once()), {
      container_label_com_example_team: "shop",
      container_label_com_example_build: "77",
    });
  });

  test("those allowed that are not denied, and the environment variables that are named one by one", async () => {
    const env = { TALLYMAN_METRICS_LABELS_ALLOW: "com.example.*", TALLYMAN_METRICS_LABELS_DENY: "*.build" };
    assert.deepEqual(labelsOfWeb(await once({ ...env, TALLYMAN_METRICS_ENV: "APP_VERSION" })), {
      container_label_com_example_team: "shop",
      container_env_app_version: "2.1",
    });
  });

  test("none where an empty list is allowed", async () => {
    assert.deepEqual(labelsOfWeb(await once({ TALLYMAN_METRICS_LABELS_ALLOW: "" })), {});
  });
});

describe("Which metrics there are", { concurrency: 3 }, () => {
  test("not those of a group that is off, nor those that are disabled; those that are enabled although", async () => {
    const names = new Set(
      (
        await once({
          TALLYMAN_METRICS_GROUPS_MEMORY: "false",
          TALLYMAN_METRICS_GROUPS_STATE: "no",
          TALLYMAN_METRICS_GROUPS_AGENT: "0",
          TALLYMAN_METRICS_ENABLE: "container_memory_rss",
          TALLYMAN_METRICS_DISABLE: "container_cpu_user_seconds_total,container_threads",
        })
      ).map(({ name }) => name),
    );
    const has = (...wanted: string[]) => wanted.filter((name) => names.has(name));
    assert.deepEqual(has("container_memory_rss", "container_memory_usage_bytes"), ["container_memory_rss"]);
    assert.deepEqual(has("container_state", "container_scrape_error", "tallyman_engine_up", "container_threads"), []);
    assert.deepEqual(has("container_cpu_user_seconds_total", "container_cpu_system_seconds_total"), [
      "container_cpu_system_seconds_total",
    ]);
    assert.ok(names.has("container_network_receive_bytes_total"));
  });

  test("processes and sizes where asked for, read beside the sweeps", async (t) => {
    const own = await startStage({}, t);
    own.engine.containers.run({ name: "web" });
    own.start({ TALLYMAN_METRICS_GROUPS_PROCESSES: "true", TALLYMAN_METRICS_GROUPS_SIZE: "true" });
    for (const metric of ["container_processes", "container_fs_usage_bytes"]) {
      const [point] = await own.receiver.waitFor(
        () => live(own.receiver, metric).length > 0 && live(own.receiver, metric),
      );
      assert.ok((point?.value ?? -1) >= 0, `${metric} is ${point?.value}`);
    }
    assert.equal(own.engine.requests.count(/\/top$/), 1);
    assert.equal(own.engine.requests.entries.filter(({ query }) => query.has("size")).length, 1);
  });

  test("neither of them costs a request where nobody asked for it", async () => {
    await once();
    assert.equal(stage.engine.requests.count(/\/top$/), 0);
    assert.equal(stage.engine.requests.entries.filter(({ query }) => query.has("size")).length, 0);
  });
});

async function once(env: Record<string, string> = {}): Promise<Sample[]> {
  const { code, stdout, stderr } = await runTallyman({ ...stage.env, ...env }, "once");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout, /hush-hush|3ad15d/);
  return parseExposition(stdout);
}

function namesOf(samples: readonly Sample[]): (string | undefined)[] {
  return [...new Set(samples.map(({ labels }) => labels.name))].filter((name) => name !== undefined).sort();
}

/** Beyond those that every container has. */
function labelsOfWeb(samples: readonly Sample[]): Record<string, string> {
  const sample = samples.find(({ name, labels }) => name === "container_threads" && labels.name === "shop-web-1");
  const { id, name, image, ...others } = sample?.labels ?? {};
  assert.deepEqual([name, image], ["shop-web-1", "nginx:1.29"]);
  return others;
}
