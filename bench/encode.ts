/**
 * How much our OTLP encoders take against the stock serializers, for 1,000 containers of 60 points, as ratios of one
 * run: node bench/encode.ts
 */

import { JsonMetricsSerializer, ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { MetricFamily } from "../src/families/metric-family.ts";
import { jsonEncoder } from "../src/families/otlp-json.ts";
import { protobufEncoder } from "../src/families/otlp-protobuf.ts";
import type { OtlpEncoder, OtlpSender } from "../src/families/otlp-request.ts";
import { FAMILIES, fleetFamilies } from "./fleet-families.ts";

const CONTAINERS = 1000;
const CONTAINERS_PER_GROUP = 50;
const WARM_UPS = 4;
const ROUNDS = 8;
const LIMITS = { maxBytes: 3 * 1024 * 1024, maxGroups: 1 };

const sender: OtlpSender = {
  resource: { "service.name": "tallyman", "service.instance.id": "bench" },
  scope: { name: "tallyman", version: "0" },
};
const resource = resourceFromAttributes(sender.resource);
const sweep = fleetFamilies({ containers: CONTAINERS, containersPerGroup: CONTAINERS_PER_GROUP });

const stock =
  (serializer: { serializeRequest(request: never): Uint8Array | undefined }) => (groups: MetricFamily[][]) => {
    let bytes = 0;
    for (const metrics of groups) {
      const request = { resource, scopeMetrics: [{ scope: sender.scope, metrics }] };
      bytes += serializer.serializeRequest(request as never)?.length ?? 0;
    }
    return bytes;
  };
const ours = (encoder: OtlpEncoder) => (groups: MetricFamily[][]) => {
  let bytes = 0;
  for (const families of groups) {
    for (const { body } of encoder.requests(sender, [families], LIMITS)) bytes += body.length;
  }
  return bytes;
};

const results = [
  { name: "protobuf, stock", ...measured(stock(ProtobufMetricsSerializer as never)) },
  { name: "protobuf, ours", ...measured(ours(protobufEncoder)) },
  { name: "JSON, stock", ...measured(stock(JsonMetricsSerializer as never)) },
  { name: "JSON, ours", ...measured(ours(jsonEncoder)) },
];
console.log(`${CONTAINERS * FAMILIES} points, ${CONTAINERS_PER_GROUP} containers a request, best of ${ROUNDS}`);
for (const [i, { name, cpuMs, megabytes }] of results.entries()) {
  const stockMs = results[i - (i % 2)]?.cpuMs ?? cpuMs;
  console.log(
    `${name.padEnd(18)} ${cpuMs.toFixed(0).padStart(5)} ms of CPU  ${(stockMs / cpuMs).toFixed(1)}x  ${megabytes.toFixed(1)} MB`,
  );
}

function measured(encode: (groups: MetricFamily[][]) => number) {
  let cpuMs = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let round = 0; round < WARM_UPS + ROUNDS; round++) {
    const groups = sweep(round);
    const before = process.cpuUsage();
    bytes = encode(groups);
    const { user, system } = process.cpuUsage(before);
    if (round >= WARM_UPS) cpuMs = Math.min(cpuMs, (user + system) / 1000);
  }
  return { cpuMs, megabytes: bytes / 1e6 };
}
