import type { TestContext } from "node:test";
import type { ReceivedLog } from "../../../src/demo/receiver/decode-logs.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../../../src/demo/receiver/otlp-receiver.ts";
import type { OtlpProtocol } from "../../../src/outlets/otlp/otlp-options.ts";
import { createLogOutlet, type LogOutlet, type LogOutletOptions } from "../../../src/outlets/otlp-logs/log-outlet.ts";
import type { ContainerRecords, OutgoingRecord } from "../../../src/outlets/otlp-logs/outgoing-records.ts";
import { endpointOf, type WatchedTelemetry, watchedTelemetry } from "../otlp/outlet-support.ts";

export interface LogReceiver extends OtlpReceiver {
  logs(): ReceivedLog[];
}

/** Closed after the test; its outlets are closed before it, since they are made later. */
export async function logReceiver(t: TestContext, protocol: OtlpProtocol): Promise<LogReceiver> {
  const protocols = [protocol === "grpc" ? ("grpc" as const) : ("http" as const)];
  const receiver = await startOtlpReceiver({ protocols, keptRequests: 10_000 });
  t.after(() => receiver.close());
  return Object.assign(receiver, { logs: () => receiver.requests.flatMap(({ logs }) => logs) });
}

export function logOutlet(
  t: TestContext,
  receiver: OtlpReceiver,
  options: Partial<LogOutletOptions>,
): { outlet: LogOutlet; telemetry: WatchedTelemetry } {
  const telemetry = watchedTelemetry();
  const protocol = options.protocol ?? "http/protobuf";
  const outlet = createLogOutlet(
    {
      protocol,
      endpoint: endpointOf(receiver, protocol),
      headers: {},
      compression: "gzip",
      tls: {},
      proxyEnvironment: {},
      timeoutMs: 10_000,
      maxRequestBytes: 3 * 1024 * 1024,
      resource: () => ({ "host.name": "host-1" }),
      ...options,
    },
    telemetry,
  );
  t.after(() => outlet.close());
  return { outlet, telemetry };
}

export function record(text: string): OutgoingRecord {
  return {
    time: "2026-11-21T05:00:00.123456789Z",
    observedAtMs: Date.parse("2026-11-21T05:00:01.500Z"),
    severity: { number: 17, text: "error" },
    body: Buffer.from(text),
    attributes: { "log.iostream": "stderr", "tallyman.line.continues": true },
  };
}

export function batchOf(count: number): ContainerRecords[] {
  return [
    { attributes: { "container.name": "web" }, records: Array.from({ length: count }, (_, i) => record(`line ${i}`)) },
  ];
}
