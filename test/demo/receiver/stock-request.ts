import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { labelSet } from "../../../src/families/label-set.ts";
import { hrTimeFromMs, metricFamily } from "../../../src/families/metric-family.ts";

export const START_NANO = 1_795_233_083_250_000_000n;
export const READ_NANO = 1_795_233_440_500_000_000n;

/** One counter and one gauge, each of two containers, as the SDK hands them to a serializer. */
export function stockRequest(): ResourceMetrics {
  const startTime = hrTimeFromMs(1_795_233_083_250);
  const endTime = hrTimeFromMs(1_795_233_440_500);
  const cpu = metricFamily({ name: "container_cpu_usage_seconds_total", help: "CPU time.", kind: "counter" });
  const memory = metricFamily({ name: "container_memory_usage_bytes", help: "Memory.", kind: "gauge" });
  for (const [i, name] of ["web", "dürüm"].entries()) {
    const attributes = labelSet({ name, image: "bb:latest" });
    cpu.dataPoints.push({ attributes, value: 4.280761412 + i, startTime, endTime });
    memory.dataPoints.push({ attributes, value: 5_873_664 - i, startTime, endTime });
  }
  return {
    resource: resourceFromAttributes({ "service.name": "tallyman", "service.instance.id": "vm", "process.pid": 7 }),
    scopeMetrics: [{ scope: { name: "tallyman", version: "1.2.3" }, metrics: [cpu, memory] as never }],
  };
}
