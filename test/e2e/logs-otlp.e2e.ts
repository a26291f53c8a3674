import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startOtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { startAgent } from "./harness/agent.ts";
import { startCollector } from "./harness/collector.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { eventually } from "./harness/eventually.ts";
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
    await eventually(() => assert.ok(logs().length >= 1_002, `${logs().length}`), { withinMs: 30_000 });
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
