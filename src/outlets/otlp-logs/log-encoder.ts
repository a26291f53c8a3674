import { isUtf8 } from "node:buffer";
import type { ProtobufLogsSerializer } from "@opentelemetry/otlp-transformer";
import { VERSION } from "../../kit/version.ts";
import type { OtlpProtocol } from "../otlp/otlp-options.ts";
import type { ContainerRecords } from "./outgoing-records.ts";

/** Writes an ExportLogsServiceRequest. */
export type LogEncoder = (batch: readonly ContainerRecords[], resource: Readonly<Record<string, string>>) => Uint8Array;

type SdkRecord = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0][number];

/** By the SDK's own serializers (otlp-transformer 0.301.0), loaded only here. */
export async function createLogEncoder(protocol: OtlpProtocol): Promise<LogEncoder> {
  const [{ JsonLogsSerializer, ProtobufLogsSerializer: protobuf }, { resourceFromAttributes }] = await Promise.all([
    import("@opentelemetry/otlp-transformer"),
    import("@opentelemetry/resources"),
  ]);
  const serializer = protocol === "http/json" ? JsonLogsSerializer : protobuf;
  const instrumentationScope = { name: "tallyman", version: VERSION };
  return (batch, host) => {
    const records: SdkRecord[] = [];
    for (const container of batch) {
      const attributes: Record<string, string | string[]> = { ...host };
      for (const [name, value] of Object.entries(container.attributes)) {
        attributes[name] = typeof value === "string" ? value : [...value];
      }
      const resource = resourceFromAttributes(attributes);
      for (const { time, observedAtMs, severity, body, attributes } of container.records) {
        records.push({
          hrTime: hrTimeOf(time),
          hrTimeObserved: [Math.floor(observedAtMs / 1000), Math.round((observedAtMs % 1000) * 1e6)],
          ...(severity && { severityNumber: severity.number, severityText: severity.text }),
          body: bodyOf(body),
          attributes,
          droppedAttributesCount: 0,
          resource,
          instrumentationScope,
        });
      }
    }
    const bytes = serializer.serializeRequest(records);
    if (bytes === undefined) throw new Error("the SDK's serializer gave nothing");
    return bytes;
  };
}

/** What is no UTF-8 goes out byte for byte, as `bytes_value`. */
function bodyOf(body: Buffer): string | Uint8Array {
  return isUtf8(body) ? body.toString("utf8") : body;
}

/** 0 stands for a time that is not known (opentelemetry-proto v1.7, LogRecord.time_unix_nano). */
function hrTimeOf(time: string): [number, number] {
  if (time === "") return [0, 0];
  return [Date.parse(`${time.slice(0, 19)}Z`) / 1000, Number(time.slice(20, 29))];
}
