import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { expectedAt } from "../agent/harness/expected.ts";
import { eventually } from "../support/eventually.ts";
import { pages, SLOWLY, samplesOf, startEngine, startInPlace } from "./tool.ts";

/** As its README lists them. */
const OF_CONTAINERS = [
  "container_last_seen",
  "container_state",
  "container_cpu_usage_seconds_total",
  "container_memory_usage_bytes",
  "container_network_receive_bytes_total",
  "container_network_transmit_bytes_total",
  "container_fs_reads_bytes_total",
  "container_fs_writes_bytes_total",
];

describe("in place of the Docker stats exporter, with its variables alone", { concurrency: 2 }, () => {
  test("its page has its names, with name, image and id", async (t) => {
    const engine = await startEngine(t);
    const id = engine.containers.run({ name: "web", image: "shop/web:1", startedAgoMs: 60_000 });
    engine.containers.pause("web");
    engine.containers.stop(engine.containers.run({ name: "old" }));
    const env = { EXPORTER_PORT: "0", POLL_INTERVAL: "1", DOCKER_SOCKET_PATH: String(engine.socketPath) };
    const get = await pages(startInPlace(env, t));
    const page = await get("/metrics");
    assert.match(page.type, /^text\/plain; version=0\.0\.4/);
    const samples = samplesOf(page);
    for (const name of OF_CONTAINERS) {
      const [web, ...others] = (samples.get(name) ?? []).filter(({ labels }) => labels.name === "web");
      assert.deepEqual(web?.labels, { name: "web", image: "shop/web:1", id }, name);
      assert.deepEqual(others, [], name);
    }
    const value = (name: string, container: string) =>
      samples.get(name)?.find(({ labels }) => labels.name === container)?.value;
    const expected = expectedAt({ engine, name: "web", nowMs: Date.now() });
    assert.equal(value("container_memory_usage_bytes", "web"), expected.container_memory_usage_bytes);
    assert.equal(
      value("container_cpu_usage_seconds_total", "web"),
      expected["container_cpu_usage_seconds_total total"],
    );
    assert.equal(
      value("container_network_receive_bytes_total", "web"),
      expected["container_network_receive_bytes_total eth0"],
    );
    assert.deepEqual([value("container_state", "web"), value("container_state", "old")], [1, 0]);
    assert.equal(value("container_last_seen", "old"), undefined);
    assert.equal(samples.get("docker_exporter_containers_scraped")?.[0]?.value, 1);
    assert.ok((samples.get("docker_exporter_scrape_duration_seconds")?.[0]?.value ?? 0) > 0);
    assert.deepEqual(
      samples.get("docker_exporter_scrape_errors_total")?.map(({ labels, value: count }) => [labels.error_type, count]),
      [
        ["container_stats", 0],
        ["docker_api", 0],
      ],
    );
    assert.equal(samples.has("container_spec_memory_limit_bytes"), false, "nor has it cAdvisor's");
  });

  test("it polls at its interval without being asked, and counts what fails", async (t) => {
    const engine = await startEngine(t);
    engine.containers.run({ name: "web" });
    const env = { EXPORTER_PORT: "0", POLL_INTERVAL: "1", DOCKER_SOCKET_PATH: String(engine.socketPath) };
    const get = await pages(startInPlace(env, t));
    const polls = () => engine.requests.entries.filter(({ path }) => path.endsWith("/stats")).length;
    await eventually(() => polls() >= 2, SLOWLY);
    engine.faults.add({ path: /\/stats$/, fault: { kind: "respond", status: 500, body: "{}" } });
    await eventually(async () => {
      const errors = samplesOf(await get("/metrics")).get("docker_exporter_scrape_errors_total");
      return errors?.some(({ labels, value }) => labels.error_type === "container_stats" && value > 0);
    }, SLOWLY);
  });

  test("/health says that the engine is connected, and 503 with what is wrong when it is not", async (t) => {
    const engine = await startEngine(t);
    const env = { EXPORTER_PORT: "0", POLL_INTERVAL: "1", DOCKER_SOCKET_PATH: String(engine.socketPath) };
    const get = await pages(startInPlace(env, t));
    const healthy = await eventually(async () => {
      const page = await get("/health");
      return page.status === 200 && page;
    }, SLOWLY);
    assert.deepEqual(JSON.parse(healthy.body), { status: "healthy", docker: "connected" });
    await engine.close();
    const unhealthy = await eventually(async () => {
      const page = await get("/health");
      return page.status === 503 && page;
    }, SLOWLY);
    assert.equal(JSON.parse(unhealthy.body).status, "unhealthy");
  });

  test("/ has information on the service, as JSON for programs and a page for browsers", async (t) => {
    const engine = await startEngine(t);
    const env = { EXPORTER_PORT: "0", DOCKER_SOCKET_PATH: String(engine.socketPath) };
    const get = await pages(startInPlace(env, t));
    const service = await get("/");
    assert.match(service.type, /^application\/json/);
    const { name, version, endpoints } = JSON.parse(service.body);
    assert.ok(name !== "" && version !== "" && Object.values(endpoints).includes("/metrics"));
    assert.match((await get("/", { accept: "text/html" })).type, /^text\/html/);
  });

  test("it says at the start what its variables turned on, and pushes nothing", async (t) => {
    const engine = await startEngine(t);
    const agent = startInPlace({ EXPORTER_PORT: "0", DOCKER_SOCKET_PATH: String(engine.socketPath) }, t);
    const { note } = await agent.logged("Settings note");
    assert.match(String(note), /^EXPORTER_PORT is a variable of the Docker stats exporter/);
    await agent.logged("Door opened");
    const { settings } = await agent.logged("Tallyman started");
    assert.match((settings as Record<string, string>)["otlp.enabled"] ?? "", /^false \(EXPORTER_PORT/);
  });
});
