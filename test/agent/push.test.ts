import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { expectedAt } from "./harness/expected.ts";
import { type Arrived, exportsSince, hasLabels } from "./harness/series.ts";
import { INTERVAL_MS, startStage } from "./harness/stage.ts";

const MIB = 2 ** 20;
const WAYS = [
  { protocol: "http/protobuf", engineVersion: "28.5.2", cgroupVersion: "2", idPrefix: "/system.slice/docker-" },
  { protocol: "http/json", engineVersion: "20.10.24", cgroupVersion: "1", idPrefix: "/docker/" },
  { protocol: "grpc", engineVersion: "29.7.0", cgroupVersion: "2", idPrefix: "/system.slice/docker-" },
] as const;

describe("tallyman", { concurrency: true }, () => {
  for (const { protocol, engineVersion, cgroupVersion, idPrefix } of WAYS) {
    test(`pushes what engine ${engineVersion} (cgroup v${cgroupVersion}) says, under cAdvisor's names, by ${protocol}`, async (t) => {
      const stoppedAtMs = Date.now();
      const stage = await startStage(
        {
          // An engine on which time stands still says the same each time that it is asked.
          engine: { engineVersion, cgroupVersion, hostName: "rack-7", clock: () => stoppedAtMs },
          receiver: { protocols: [protocol === "grpc" ? "grpc" : "http"] },
        },
        t,
      );
      const { containers } = stage.engine;
      const common = { image: "registry.example/shop/api:2.1", networks: ["front", "back"], startedAgoMs: 3_600_000 };
      const labels = { "com.example.team": "shop", "com.docker.compose.service": "api" };
      const secret = { "traefik.http.middlewares.login.basicauth.users": "admin:$apr1$x" };
      containers.run({ ...common, name: "api", memoryLimitBytes: 256 * MIB, labels: { ...labels, ...secret } });
      containers.run({ ...common, name: "idle" });
      containers.pause("idle");
      stage.start({ TALLYMAN_OTLP_PROTOCOL: protocol });
      const [first] = await exportsSince(stage.receiver, 0, 1);

      for (const name of ["api", "idle"]) {
        const points = first?.points.filter((point) => hasLabels(point, { name })) ?? [];
        const arrived = Object.fromEntries(points.map((point) => [seriesOf(point), point.value]));
        const expected = expectedAt({ engine: stage.engine, name, nowMs: stoppedAtMs });
        for (const [series, value] of Object.entries(expected)) {
          assert.notEqual(value, undefined, `${series} of ${name}`);
          assert.equal(arrived[series], value, `${series} of ${name}`);
        }
        const { id } = containers.get(name);
        const wanted = { id: `${idPrefix}${id}`, name, image: common.image };
        for (const point of points) {
          assert.ok(String(point.labels.id).startsWith(wanted.id), `${point.key}`);
          assert.equal(point.labels.image, wanted.image);
        }
      }
      const [threads] = first?.points.filter((point) => hasLabels(point, { name: "api" })) ?? [];
      const { id, name, image, ...ofLabels } = threads?.labels ?? {};
      assert.deepEqual(ofLabels, {
        container_label_com_example_team: "shop",
        container_label_com_docker_compose_service: "api",
      });
      const limits = first?.points.filter(({ metric }) => metric === "container_spec_memory_limit_bytes");
      assert.deepEqual(Object.fromEntries(limits?.map((point) => [point.labels.name, point.value]) ?? []), {
        api: 256 * MIB,
        idle: 0,
      });
      const machine = first?.points.filter(({ metric }) => /^machine_(cpu_cores|memory_bytes)$/.test(metric));
      assert.deepEqual(machine?.map(({ value }) => value).sort(), [16 * 2 ** 30, 4]);
      assert.equal(stage.receiver.requests[0]?.encoding, protocol);
      assert.equal(stage.receiver.requests[0]?.decoded.resources[0]?.attributes["service.instance.id"], "rack-7");
    });
  }

  test("follows the engine's counters, and gives all of a sweep one time", async (t) => {
    const stage = await startStage({}, t);
    const { engine, receiver } = stage;
    engine.containers.run({ name: "api", startedAgoMs: 60_000, load: { cpuCores: 2 } });
    stage.start();
    const exports = await exportsSince(receiver, 0, 4);
    let earlierMs = 0;
    for (const { points, sweptAtMs } of exports) {
      assert.deepEqual(
        points.filter(({ atMs }) => atMs !== sweptAtMs),
        [],
      );
      const cpu = points.find(({ metric }) => metric === "container_cpu_usage_seconds_total")?.value ?? 0;
      const cpuAt = (nowMs: number) =>
        expectedAt({ engine, name: "api", nowMs })["container_cpu_usage_seconds_total total"];
      assert.ok(cpu > (cpuAt(earlierMs) ?? 0), `${cpu} s and not more than at ${earlierMs}`);
      assert.ok(cpu <= (cpuAt(Date.now()) ?? 0), `${cpu} s and more than the engine says`);
      earlierMs = sweptAtMs;
    }
  });

  test("says who it is: what the engine's host is, and what the variables of OpenTelemetry add", async (t) => {
    const stage = await startStage({ engine: { hostName: "rack-7", hostId: "d2f8" } }, t);
    const started = stage.start({
      TALLYMAN_OTLP_ENDPOINT: "",
      TALLYMAN_OTLP_INTERVAL: "",
      OTEL_EXPORTER_OTLP_ENDPOINT: stage.receiver.httpEndpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "X-Scope-OrgID=team%20a,authorization=Bearer%20hush",
      OTEL_METRIC_EXPORT_INTERVAL: `${INTERVAL_MS}`,
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=production,host.name=by-hand",
    });
    const [request] = await stage.receiver.waitFor(() => stage.receiver.requests.length > 0 && stage.receiver.requests);
    assert.deepEqual(request?.decoded.resources[0]?.attributes, {
      "service.name": "tallyman",
      "service.version": request?.decoded.resources[0]?.scopes[0]?.version,
      "service.instance.id": "rack-7",
      "host.name": "by-hand",
      "host.id": "d2f8",
      "os.type": "linux",
      "host.arch": "amd64",
      "deployment.environment.name": "production",
    });
    assert.equal(request?.path, "/v1/metrics");
    assert.equal(request?.encoding, "http/json");
    assert.equal(request?.headers["x-scope-orgid"], "team a");
    assert.equal(request?.headers.authorization, "Bearer hush");
    assert.equal(request?.headers["content-encoding"], "gzip");
    assert.doesNotMatch(started.stderr.join("\n"), /hush/);
  });

  test("reads the file of its bearer token again when it changes", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "tallyman-token-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "token");
    const { receiver, start } = await startStage({}, t);
    const isSent = (token: string) => () => receiver.requests.at(-1)?.headers.authorization === `Bearer ${token}`;
    await writeFile(file, "first\n");
    start({ TALLYMAN_OTLP_BEARER_TOKEN_FILE: file });
    await receiver.waitFor(isSent("first"));
    await writeFile(file, "second\n");
    await receiver.waitFor(isSent("second"));
  });
});

/** As `expectedAt` names it: the metric, and the label that tells the series of one container apart. */
function seriesOf({ metric, labels: { cpu, interface: network } }: Arrived): string {
  return [metric, cpu ?? network].filter((part) => part !== undefined).join(" ");
}
