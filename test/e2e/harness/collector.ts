import { writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { type Child, startChild } from "../../support/child.ts";
import { component } from "./components.ts";
import { freePort } from "./free-port.ts";
import { type OtlpSink, startOtlpSink } from "./otlp-sink.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface Collector {
  readonly grpcEndpoint: string;
  readonly httpEndpoint: string;
  /** What came out at the Collector's other end. */
  readonly sink: OtlpSink;
  end(): Promise<void>;
}

export interface CollectorOptions {
  /** Where what it understood of logs goes. */
  readonly logsUrl?: string;
  /** A part of its configuration, in YAML, with the receiver `filelog`, from which it has logs too. */
  readonly filelog?: string;
}

/** Its OTLP receivers as they are by default; what it understood is exported as JSON to a sink of ours. */
export async function startCollector({ logsUrl, filelog }: CollectorOptions = {}): Promise<Collector> {
  const folder = temporaryFolder();
  const sink = await startOtlpSink();
  const [grpcPort, httpPort] = [await freePort(), await freePort()];
  const config = join(folder.path, "collector.json");
  writeFileSync(
    config,
    JSON.stringify(
      configuration({ grpcPort, httpPort, sinkUrl: sink.url, logsUrl, hasFilelog: filelog !== undefined }),
    ),
  );
  const configs: string[] = [`--config=${config}`];
  if (filelog !== undefined) {
    writeFileSync(join(folder.path, "filelog.yaml"), filelog);
    configs.push(`--config=${join(folder.path, "filelog.yaml")}`);
  }
  const child: Child = startChild({ name: "Collector", command: [component("COLLECTOR"), ...configs] });
  async function end() {
    await child.end("SIGTERM", 20_000);
    await sink.end();
    folder.remove();
  }
  try {
    await child.ready(async () => (await listens(grpcPort)) && (await listens(httpPort)), 60_000);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    grpcEndpoint: `http://127.0.0.1:${grpcPort}`,
    httpEndpoint: `http://127.0.0.1:${httpPort}`,
    sink,
    end,
  };
}

interface Wiring {
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly sinkUrl: string;
  readonly logsUrl: string | undefined;
  readonly hasFilelog: boolean;
}

function configuration({ grpcPort, httpPort, sinkUrl, logsUrl, hasFilelog }: Wiring) {
  const exporter = { encoding: "json", compression: "none", sending_queue: { enabled: false } };
  const pipeline = { receivers: ["otlp"], exporters: ["otlphttp"] };
  const logs = { ...pipeline, receivers: hasFilelog ? ["otlp", "filelog"] : ["otlp"] };
  return {
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: `127.0.0.1:${grpcPort}` }, http: { endpoint: `127.0.0.1:${httpPort}` } },
      },
    },
    exporters: {
      otlphttp: { metrics_endpoint: sinkUrl, ...(logsUrl && { logs_endpoint: logsUrl }), ...exporter },
    },
    service: {
      // Its own metrics would listen on a fixed port.
      telemetry: { metrics: { level: "none" } },
      pipelines: { metrics: pipeline, ...(logsUrl && { logs }) },
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
