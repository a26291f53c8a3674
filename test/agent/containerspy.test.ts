import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { exportsSince, live } from "./harness/series.ts";
import { startStage } from "./harness/stage.ts";
import { startTallyman } from "./harness/tallyman.ts";

describe("What ContainerSpy was started with starts tallyman unchanged", { concurrency: true }, () => {
  test("its variables", async (t) => {
    const { engine, receiver } = await startStage({}, t);
    engine.containers.run({ name: "web" });
    const agent = startTallyman({
      CSPY_DOCKER_SOCKET: engine.socketPath as string,
      CSPY_OTLP_PROTO: "httpjson",
      CSPY_OTLP_ENDPOINT: `${receiver.httpEndpoint}/api/v1/otlp/v1/metrics`,
      CSPY_OTLP_INTERVAL: "300",
    });
    t.after(() => agent.end("SIGKILL", 1_000));
    await exportsSince(receiver, 0, 4);
    assert.deepEqual([receiver.requests[0]?.encoding, receiver.requests[0]?.path], ["http/json", OF_PROMETHEUS]);
    assert.equal(live(receiver, "container_state", { name: "web" })[0]?.value, 1);
  });

  test("its file", async (t) => {
    const { engine, receiver } = await startStage({}, t);
    engine.containers.run({ name: "web" });
    const folder = await mkdtemp(join(tmpdir(), "containerspy-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "config.json");
    const settings = {
      docker_socket: engine.socketPath,
      otlp_protocol: "httpbinary",
      otlp_endpoint: `${receiver.httpEndpoint}/api/v1/otlp/v1/metrics`,
      otlp_export_interval: 300,
    };
    await writeFile(file, JSON.stringify(settings));
    const agent = startTallyman({ CSPY_CONFIG: file });
    t.after(() => agent.end("SIGKILL", 1_000));
    await exportsSince(receiver, 0, 4);
    assert.deepEqual([receiver.requests[0]?.encoding, receiver.requests[0]?.path], ["http/protobuf", OF_PROMETHEUS]);
    assert.equal(live(receiver, "container_state", { name: "web" })[0]?.value, 1);
    const started = await agent.logged("Tallyman started");
    assert.equal(started.file, file);
  });
});

const OF_PROMETHEUS = "/api/v1/otlp/v1/metrics";
