import type { HrTime } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { extendLabelSet, type LabelSet, labelSet } from "../../src/families/label-set.ts";
import { metricFamily, type NumberFamily } from "../../src/families/metric-family.ts";
import type { OtlpSender } from "../../src/families/otlp-request.ts";

export type Random = () => number;

export const SENDER: OtlpSender = {
  resource: { "service.name": "tallyman", "service.instance.id": "höst-1", "host.name": "höst-1", empty: "" },
  scope: { name: "tallyman", version: "1.2.3" },
};

const TEXTS = ["", "a", "eth0", "Größe", "日本語", "🐳 whale", '\u0000\n"\\\u2028', "x".repeat(127), "y".repeat(300)];

export const ODD_VALUES = [
  0,
  -0,
  1,
  -1.5,
  0.1,
  2 ** 31,
  2 ** 32 + 1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  2 ** 64,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  1e-310,
  -1e21,
  1e300,
];

/** Families whose labels, values and times are of every awkward kind. Every label set of a family is its own. */
export function randomFamilies(random: Random, { families = 8, points = 20 } = {}): NumberFamily[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return Array.from({ length: families }, (_, f) => {
    const family = metricFamily({
      name: `family_${f}_${pick(["total", "bytes", "größe"])}`,
      help: pick(TEXTS),
      kind: random() < 0.5 ? "counter" : "gauge",
    });
    for (let i = 0; i < Math.floor(random() * points); i++) {
      const value = random() < 0.5 ? pick(ODD_VALUES) : random() * 10 ** Math.floor(random() * 20);
      family.dataPoints.push({
        attributes: randomLabels(random, String(i)),
        value,
        startTime: randomTime(random),
        endTime: randomTime(random),
      });
    }
    return family;
  });
}

/** The same as the stock serializers take it. */
export function asResourceMetrics(families: NumberFamily[], { resource, scope }: OtlpSender = SENDER): ResourceMetrics {
  return { resource: resourceFromAttributes(resource), scopeMetrics: [{ scope, metrics: families }] };
}

function randomLabels(random: Random, unique: string): LabelSet {
  const pick = (): string => TEXTS[Math.floor(random() * TEXTS.length)] as string;
  const labels: Record<string, string> = { unique };
  for (let i = 0; i < Math.floor(random() * 10); i++) labels[`label_${i}${i % 3 === 0 ? "_é" : ""}`] = pick();
  const base = random() < 0.5 ? labelSet(labels) : Object.freeze(labels);
  if (random() < 0.5) return base;
  const extended = extendLabelSet(base, "interface", pick(), "device", pick());
  return random() < 0.5 ? extended : extendLabelSet(extended, "cpu", "total", "label_1", "replaced");
}

function randomTime(random: Random): HrTime {
  const nanoseconds = Math.floor(random() * 1e9);
  return random() < 0.1 ? [0, nanoseconds] : [Math.floor(1.7e9 + random() * 2.5e9), nanoseconds];
}
