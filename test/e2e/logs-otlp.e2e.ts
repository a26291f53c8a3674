import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startOtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { startAgent } from "./harness/agent.ts";
import { startCollector } from "./harness/collector.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { startPrometheus } from "./harness/prometheus.ts";
import { setUp } from "./harness/set-up.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

/** On both streams, the last without a newline; among them bytes that are no UTF-8 (the driver `local` keeps them). */
const SCRIPT =
  "i=1; while [ $i -le 500 ]; do echo out $i; echo ERROR err $i >&2; i=$((i+1)); done; printf 'raw \\377 byte\\n'; printf end";

const { engine, behind, collector, own } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  await engine.docker("run", "-d", "--log-driver", "local", "--name", "talks", "bb", "sh", "-c", SCRIPT);
  const behind = await startOtlpReceiver({ keptRequests: 10_000 });
  own({ end: () => behind.close() });
  const collector = own(await startCollector({ logsUrl: `${behind.httpEndpoint}/v1/logs` }));
  return { engine, behind, collector };
});

for (const protocol of ["http/protobuf", "http/json", "grpc"]) {
  test(`${protocol}: a real Collector understands every line, with its stream, level, time and container`, async () => {
    const folder = temporaryFolder();
    own({ end: async () => folder.remove() });
    const before = behind.requests.length;
    const agent = own(
      startAgent({
        TALLYMAN_ENGINE_ADDRESS: engine.address,
        TALLYMAN_OTLP_PROTOCOL: protocol,
        TALLYMAN_OTLP_ENDPOINT: protocol === "grpc" ? collector.grpcEndpoint : collector.httpEndpoint,
        TALLYMAN_LOGS_DIR: join(folder.path, "logs"),
        TALLYMAN_LOGS_OTLP_ENABLED: "true",
      }),
    );
    const logs = () => behind.requests.filter((_, i) => i >= before).flatMap((request) => request.logs);
    await eventuallyPasses(() => assert.ok(logs().length >= 1_002, `${logs().length}`), { withinMs: 30_000 });
    await agent.stop();
    const of = (stream: string) => logs().filter(({ attributes }) => attributes["log.iostream"] === stream);
    const numbers = Array.from({ length: 500 }, (_, i) => i + 1);
    const [byte, end] = of("stdout").slice(500);
    assert.deepEqual(
      of("stdout")
        .slice(0, 500)
        .map(({ body }) => body),
      numbers.map((number) => `out ${number}`),
    );
    assert.deepEqual(
      of("stderr").map(({ body }) => body),
      numbers.map((number) => `ERROR err ${number}`),
    );
    assert.deepEqual(Buffer.from(byte?.body as Uint8Array), Buffer.from("raw \xff byte", "latin1"));
    assert.equal(end?.body, "end");
    assert.ok(of("stderr").every(({ severityNumber }) => severityNumber === 17));
    assert.ok(logs().every(({ timeUnixNano, observedTimeUnixNano }) => timeUnixNano > 0n && observedTimeUnixNano > 0n));
    const { resource } = logs()[0] ?? {};
    const id = await engine.docker("inspect", "-f", "{{.Id}}", "talks");
    const { "container.id": containerId, "container.name": name, "container.image.name": image } = resource ?? {};
    assert.deepEqual([containerId, name, image], [id, "talks", "bb"]);
  });
}

test("the files are read line by line by a Collector's filelog receiver, as docs/operations.md has it, over rotations", async () => {
  const folder = temporaryFolder();
  own({ end: async () => folder.remove() });
  const dir = join(folder.path, "logs");
  const before = behind.requests.length;
  own(
    await startCollector({
      logsUrl: `${behind.httpEndpoint}/v1/logs`,
      filelog: recipe().replaceAll("/logs/", `${dir}/`),
    }),
  );
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENABLED: "false",
      TALLYMAN_LOGS_DIR: dir,
      TALLYMAN_LOGS_MAX_FILE_SIZE: "16KiB",
      TALLYMAN_LOGS_INCLUDE_NAMES: "talks",
    }),
  );
  const logs = () => behind.requests.filter((_, i) => i >= before).flatMap((request) => request.logs);
  await eventuallyPasses(() => assert.ok(logs().length >= 1_002, `${logs().length}`), { withinMs: 60_000 });
  await agent.stop();
  // Files that were rotated before the Collector looked are read beside each other: the order is that of the times.
  const of = (stream: string) =>
    logs()
      .filter(({ attributes }) => attributes["log.iostream"] === stream)
      .sort((a, b) => Number(a.timeUnixNano - b.timeUnixNano))
      .map(({ body }) => String(body));
  const numbers = Array.from({ length: 500 }, (_, i) => i + 1);
  assert.deepEqual(
    of("stderr"),
    numbers.map((number) => `ERROR err ${number}`),
  );
  assert.deepEqual(
    of("stdout").slice(0, 500),
    numbers.map((number) => `out ${number}`),
  );
  assert.deepEqual([of("stdout").length, of("stdout")[501]], [502, "end"]);
  const id = await engine.docker("inspect", "-f", "{{.Id}}", "talks");
  for (const { resource } of logs()) {
    assert.deepEqual([resource?.["container.name"], resource?.["container.id"]], ["talks", id.slice(0, 12)]);
  }
});

test("Prometheus has of each level how many lines were printed and when the last, under the container's labels", async () => {
  const prometheus = own(await startPrometheus());
  const folder = temporaryFolder();
  own({ end: async () => folder.remove() });
  const script =
    "for i in $(seq 70); do echo INFO $i; done; for i in $(seq 20); do echo WARN $i; done; for i in $(seq 10); do echo ERROR $i >&2; done; sleep 3600";
  await engine.docker("run", "-d", "--name", "counts", "--label", "team=shop", "bb", "sh", "-c", script);
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_OTLP_ENDPOINT: prometheus.otlpEndpoint,
      TALLYMAN_OTLP_INTERVAL: "1s",
      TALLYMAN_OTLP_TIMEOUT: "1s",
      TALLYMAN_LOGS_DIR: join(folder.path, "logs"),
    }),
  );
  const told = async (metric: string) => {
    const series = await prometheus.query(`${metric}{name="counts"}`);
    return new Map(series.map(({ labels: { level = "", ...labels }, value }) => [level, { labels, value }]));
  };
  const counted = await eventuallyPasses(
    async () => {
      const levels = await told("container_logs_total");
      assert.deepEqual(
        ["info", "warning", "error"].map((level) => levels.get(level)?.value),
        [70, 20, 10],
      );
      return levels;
    },
    { withinMs: 60_000 },
  );
  const others = [...counted].filter(([level]) => !["info", "warning", "error"].includes(level));
  assert.ok(others.every(([, { value }]) => value === 0));
  const [seen] = await prometheus.query('container_last_seen{name="counts"}');
  const { labels = {} } = seen ?? {};
  assert.equal(labels.container_label_team, "shop");
  for (const [, { labels: found }] of counted) assert.deepEqual(found, labels);
  const printed = (await engine.docker("logs", "-t", "counts", "--tail", "all")).split("\n");
  const created = await told("container_logs_created");
  const lastInfo = printed.findLast((line) => line.includes("INFO"))?.split(" ")[0] ?? "";
  assert.ok(Math.abs(Number(created.get("info")?.value) - Date.parse(lastInfo) / 1000) < 0.002, `${lastInfo}`);
  await agent.stop();
});

/** The receiver as it stands in the documentation. */
function recipe(): string {
  const page = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
  const [, yaml] = /```yaml\n(receivers:\n {2}filelog:[\s\S]*?)```/.exec(page) ?? [];
  assert.ok(yaml, "docs/operations.md has the receiver filelog");
  return yaml;
}
