/**
 * What a scrape costs at 20, 100 and 1,000 containers of 60 series, gzip apart, and what it weighs: node bench/scrape.ts
 * Beside it, in the same run, a writer that knows no cache, and the SDK's serializer.
 */

import { gzipSync } from "node:zlib";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { NumberFamily } from "../src/families/metric-family.ts";
import { type PrometheusForm, prometheusPieces } from "../src/families/prometheus-text.ts";
import { FAMILIES, fleetFamilies } from "./fleet-families.ts";

const FLEETS = [20, 100, 1000];
const CONTAINERS_PER_GROUP = 16;
const WARM_UPS = 4;
const ROUNDS = 8;
/** As the pull outlet compresses. */
const GZIP_LEVEL = 3;

type Write = (groups: NumberFamily[][]) => Iterable<string>;

const writers: readonly { readonly name: string; readonly write: Write }[] = [
  { name: "text 0.0.4, ours", write: ours("text") },
  { name: "OpenMetrics, ours", write: ours("openmetrics") },
  { name: "text 0.0.4, each label anew", write: plain },
  { name: "text 0.0.4, the SDK's", write: stock() },
];

for (const containers of FLEETS) {
  console.log(`${containers} containers, ${containers * FAMILIES} series, best of ${ROUNDS}`);
  const sweep = fleetFamilies({ containers, containersPerGroup: CONTAINERS_PER_GROUP });
  const results = writers.map(({ name, write }) => ({ name, ...measured(write, sweep) }));
  for (const { name, cpuMs, bytes, packedBytes } of results) {
    const figures = [
      `${cpuMs.toFixed(1).padStart(7)} ms of CPU`,
      `${(cpuMs / (results[0]?.cpuMs ?? cpuMs)).toFixed(1)}x`,
      `${(bytes / 1e6).toFixed(2)} MB`,
      `${(packedBytes / 1e3).toFixed(0)} kB in gzip`,
    ];
    console.log(`  ${name.padEnd(28)} ${figures.join("  ")}`);
  }
}

function ours(form: PrometheusForm): Write {
  return (groups) => prometheusPieces(groups, form);
}

function measured(write: Write, sweep: (round: number) => NumberFamily[][]) {
  let cpuMs = Number.POSITIVE_INFINITY;
  let buffers: Buffer[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round++) {
    const groups = sweep(round);
    const before = process.cpuUsage();
    buffers = [];
    for (const piece of write(groups)) buffers.push(Buffer.from(piece));
    const { user, system } = process.cpuUsage(before);
    if (round >= WARM_UPS) cpuMs = Math.min(cpuMs, (user + system) / 1000);
  }
  const page = Buffer.concat(buffers);
  return { cpuMs, bytes: page.length, packedBytes: gzipSync(page, { level: GZIP_LEVEL }).length };
}

/** The text as one would write it first. */
function* plain(groups: NumberFamily[][]): Generator<string> {
  const byName = Map.groupBy(groups.flat(), ({ descriptor }) => descriptor.name);
  const escaped = (value: string) => value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  for (const [name, families] of byName) {
    const lines = [`# HELP ${name} ${families[0]?.descriptor.description}`, `# TYPE ${name} gauge`];
    for (const { dataPoints } of families) {
      for (const { attributes, value } of dataPoints) {
        const labels = Object.entries(attributes).map(([label, text]) => `${label}="${escaped(text)}"`);
        lines.push(`${name}{${labels.join(",")}} ${value}`);
      }
    }
    yield `${lines.join("\n")}\n`;
  }
}

function stock(): Write {
  const serializer = new PrometheusSerializer();
  const resource = resourceFromAttributes({});
  return (groups) => {
    const byName = Map.groupBy(groups.flat(), ({ descriptor }) => descriptor.name);
    // It writes a HELP for each family that it gets, so it is given one of each name.
    const metrics = [...byName.values()].map((families) => ({
      ...families[0],
      dataPoints: families.flatMap(({ dataPoints }) => dataPoints),
    }));
    const scopeMetrics = [{ scope: { name: "tallyman" }, metrics: metrics as MetricData[] }];
    return [serializer.serialize({ resource, scopeMetrics })];
  };
}
