import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { emptyFolder } from "../logs/kept/kept-folder.ts";
import { eventually } from "../support/eventually.ts";
import { pages, SLOWLY, samplesOf, startEngine, startInPlace } from "./tool.ts";

/** As its README shows them. */
const OF_CONTAINERS = [
  "container_cpu_usage_percent",
  "container_cpus_available",
  "container_max_memory_bytes",
  "container_used_memory_bytes",
  "container_started_at_timestamp_seconds",
  "container_up_timestamp_seconds",
];

type Test = { after(work: () => unknown): void };

/** Its variables, and the Docker client's for the engine that it had at a fixed place. */
function variables(t: Test, address: string) {
  const folder = emptyFolder(t);
  return {
    DOCKER_HOST: address,
    METRICS_EXPORTER_PORT: "0",
    METRICS_COLLECTION_INTERVAL: "1",
    LOGS_COLLECTION_INTERVAL: "1",
    MAX_COLLECTOR_THREADS: "2",
    LAST_METRICS_COLLECTED_AT_FILE: join(folder, "metrics-at.txt"),
    LAST_LOGS_COLLECTED_AT_FILE: join(folder, "logs-at.txt"),
    LOGS_DIR: join(folder, "logs"),
    LOGS_CONTAINER_MAX_FILES: "3",
    LOGS_CONTAINER_MAX_FILE_SIZE: "1048576",
    LOG_LEVELS_MAPPING_PATH: join(import.meta.dirname, "../fixtures/replaces/log_levels_mapping.json"),
  };
}

describe("in place of the metrics and logs collector, with its variables alone", { concurrency: 2 }, () => {
  test("its page has its names, with container and machine", async (t) => {
    const engine = await startEngine(t);
    engine.containers.run({
      name: "web",
      nanoCpus: 500_000_000,
      memoryLimitBytes: 262_144_000,
      startedAgoMs: 60_000,
    });
    engine.containers.run({ name: "free", startedAgoMs: 60_000 });
    const get = await pages(startInPlace(variables(t, engine.address), t));
    const samples = await eventually(async () => {
      const found = samplesOf(await get("/metrics"));
      // It is worked out from two sweeps.
      return found.get("container_cpu_usage_percent")?.length === 2 && found;
    }, SLOWLY);
    for (const name of OF_CONTAINERS) {
      const [web] = (samples.get(name) ?? []).filter(({ labels }) => labels.container === "web");
      assert.deepEqual(Object.keys(web?.labels ?? {}).sort(), ["container", "machine"], name);
      assert.ok((web?.value ?? -1) >= 0, name);
    }
    const value = (name: string, container: string) =>
      samples.get(name)?.find(({ labels }) => labels.container === container)?.value;
    const machine = samples.get("container_used_memory_bytes")?.[0]?.labels.machine;
    assert.ok(machine !== undefined && machine !== "");
    assert.equal(samples.get("collector_up_timestamp_seconds")?.[0]?.labels.machine, machine);
    assert.equal(value("container_cpus_available", "web"), 0.5);
    assert.ok((value("container_cpus_available", "free") ?? 0) > 0.5, "those of the machine");
    assert.equal(value("container_max_memory_bytes", "web"), 262_144_000);
    assert.ok((value("container_max_memory_bytes", "free") ?? 0) > 262_144_000, "the machine's");
    assert.equal(samples.has("container_memory_usage_bytes"), false, "nor has it cAdvisor's");
  });

  test("logs are kept and counted by the levels of its mapping file", async (t) => {
    const engine = await startEngine(t);
    engine.containers.run({ name: "web" });
    const env = variables(t, engine.address);
    const get = await pages(startInPlace(env, t));
    for (const bytes of ["all is well\n", "it is bad\n", "it is bad, but known\n", "careful\n"]) {
      engine.containers.print("web", { bytes });
    }
    const countedAs = async (...levels: string[]) => {
      const counts = samplesOf(await get("/metrics")).get("container_logs_total") ?? [];
      return levels.map((level) => counts.find(({ labels }) => labels.level === level)?.value);
    };
    await eventually(async () => {
      assert.deepEqual(await countedAs("info", "error", "warning"), [2, 1, 1]);
      return true;
    }, SLOWLY);
    const created = samplesOf(await get("/metrics")).get("container_logs_created") ?? [];
    assert.deepEqual(created.map(({ labels }) => labels.level).sort(), ["error", "info", "warning"]);
    assert.ok(created.every(({ labels }) => labels.container === "web" && labels.machine !== undefined));
    for (const { value } of created) assert.ok(Math.abs(value - Date.now() / 1000) < 3_600);
  });

  test("its two files are brought up to date, in seconds since the Unix epoch", async (t) => {
    const engine = await startEngine(t);
    engine.containers.run({ name: "web" });
    const env = variables(t, engine.address);
    const beganAt = Math.floor(Date.now() / 1000);
    startInPlace(env, t);
    for (const file of [env.LAST_METRICS_COLLECTED_AT_FILE, env.LAST_LOGS_COLLECTED_AT_FILE]) {
      const read = () => {
        const text = readFileSync(file, "utf8");
        assert.match(text, /^\d+$/);
        return Number(text);
      };
      const first = await eventually(() => read() >= beganAt && read(), SLOWLY);
      await eventually(() => read() > first, SLOWLY);
      assert.ok(read() <= Date.now() / 1000);
    }
  });

  test("it prints its settings, connects for ever, and then prints the engine's version", async (t) => {
    const engine = await startEngine(t);
    await engine.down();
    const env = variables(t, engine.address);
    const agent = startInPlace(env, t);
    const { settings } = await agent.logged("Tallyman started");
    const printed = settings as Record<string, string>;
    assert.equal(printed["engine.concurrency"], "2 (MAX_COLLECTOR_THREADS)");
    assert.equal(printed["metrics.sweepInterval"], '"1s" (METRICS_COLLECTION_INTERVAL)');
    assert.equal(printed["logs.dir"], `${JSON.stringify(env.LOGS_DIR)} (LOGS_DIR)`);
    await agent.logged("Engine can't be reached, trying again until it is back");
    await engine.up();
    const found = await agent.logged("Engine connected");
    assert.equal(found.engineVersion, engine.profile.engineVersion);
    await eventually(() => readFileSync(env.LAST_METRICS_COLLECTED_AT_FILE, "utf8") !== "", SLOWLY);
  });
});
