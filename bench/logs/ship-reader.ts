/**
 * Sends a log over OTLP: what a folder of the pump's files holds by our shipper, or the same lines, which are in memory, by
 * the SDK's own exporter. node bench/logs/ship-reader.ts <shipper|sdk> <endpoint> <lines> <folder>: prints one line of JSON.
 */
import { Agent } from "node:http";
import { createOtlpHttpExportDelegate } from "@opentelemetry/otlp-exporter-base/node-http";
import { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { createLevelReader } from "../../src/logs/levels/level-reader.ts";
import { createLogShipper } from "../../src/logs/shipping/log-shipper.ts";
import { createLogOutlet } from "../../src/outlets/otlp-logs/log-outlet.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createTally } from "../../src/telemetry/tally.ts";
import { texts } from "./prepared-log.ts";

const [how, endpoint = "", lines = "", dir = ""] = process.argv.slice(2);
/** As by default. */
const BATCH_RECORDS = 2_000;
const BATCH_BYTES = 1024 * 1024;

const before = process.cpuUsage();
const startedAtMs = performance.now();
if (how === "sdk") await exportAll(Number(lines));
else await shipAll(Number(lines));
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ cpuMs: (user + system) / 1000, wallMs: performance.now() - startedAtMs, lines: Number(lines) }),
);

async function shipAll(wanted: number) {
  const telemetry = {
    log: createLog({ level: "warn", format: "text" }),
    tally: createTally({ startedAtMs: Date.now() }),
  };
  const connection = { headers: {}, compression: "none", tls: {}, proxyEnvironment: {}, timeoutMs: 10_000 } as const;
  const limits = { maxRequestBytes: 4 * BATCH_BYTES, resource: () => ({}) };
  const outlet = createLogOutlet({ protocol: "http/protobuf", endpoint, ...connection, ...limits }, telemetry);
  const { promise: areSent, resolve: onSent } = Promise.withResolvers<void>();
  let sent = 0;
  const shipper = createLogShipper(
    {
      dir,
      fileMode: 0o640,
      minLevel: "trace",
      gatherMs: 200,
      maxRecords: BATCH_RECORDS,
      maxBytes: BATCH_BYTES,
      choosesLabel: () => false,
      runtime: () => "docker",
    },
    {
      async send(batch, signal) {
        const answer = await outlet.send(batch, signal);
        if (answer === "settled") for (const { records } of batch) sent += records.length;
        if (sent >= wanted) onSent();
        return answer;
      },
      levelsOf: createLevelReader(),
      telemetry,
    },
  );
  shipper.start();
  await areSent;
  await shipper.stop();
  await outlet.close();
}

type SdkRecord = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/** What `@opentelemetry/exporter-logs-otlp-proto` is made of. */
async function exportAll(wanted: number) {
  const agent = new Agent({ keepAlive: true });
  const delegate = createOtlpHttpExportDelegate(
    {
      url: `${endpoint}/v1/logs`,
      headers: async () => ({ "content-type": "application/x-protobuf" }),
      compression: "none" as never,
      timeoutMillis: 10_000,
      // A result is told before its place is free (0.301.0).
      concurrencyLimit: 2,
      agentFactory: () => agent,
    },
    ProtobufLogsSerializer,
    "bench",
    { name: "log", countItems: (records: SdkRecord[]) => records.length },
    undefined,
  );
  const resource = resourceFromAttributes({ "container.name": "shipped", "container.runtime": "docker" });
  const instrumentationScope = { name: "bench" };
  for (let from = 0; from < wanted; from += BATCH_RECORDS) {
    const records: SdkRecord[] = [];
    for (let i = from; i < Math.min(wanted, from + BATCH_RECORDS); i++)
      records.push({
        hrTime: [1_795_237_200, i],
        hrTimeObserved: [1_795_237_200, i],
        severityNumber: 9,
        severityText: "INFO",
        body: texts[i % texts.length] ?? "",
        attributes: { "log.iostream": "stdout" },
        droppedAttributesCount: 0,
        resource,
        instrumentationScope,
      });
    await new Promise<void>((resolve, reject) =>
      delegate.export(records, ({ error }) => (error ? reject(error) : resolve())),
    );
  }
  await delegate.shutdown();
  agent.destroy();
}
